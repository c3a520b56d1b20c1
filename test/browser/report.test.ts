import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, chromium } from 'playwright-core';
import { writeReport } from '../../src/cli/report/write-report.ts';
import { failedExpectation, recovered } from '../cli/sample-rehearsals.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
];
const START_MS = 60_000;

describe('the report in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  }, START_MS);
  afterAll(() => browser.close());

  for (const [name, rehearsal] of Object.entries({ recovered: recovered(), failed: failedExpectation() }))
    for (const width of [1280, 390])
      for (const colorScheme of ['light', 'dark'] as const)
        it(
          `${name} fits ${width} pixels, ${colorScheme}, and asks for nothing`,
          async () => {
            const path = writeReport(rehearsal, mkdtempSync(join(tmpdir(), 'lifeboat-')));
            const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
            const seen: string[] = [];
            page.on('request', (request) => seen.push(request.url()));
            page.on('console', (message) => seen.push(message.text()));
            await page.goto(pathToFileURL(path).href);
            expect(seen.filter((url) => !url.startsWith('data:'))).toEqual([pathToFileURL(path).href]);
            expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
            expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('RECOVERED');
            expect(await page.getByRole('columnheader').count()).toBeGreaterThan(0);
            await page.close();
          },
          START_MS,
        );

  it(
    'keeps its text legible in both schemes',
    async () => {
      const path = writeReport(failedExpectation(), mkdtempSync(join(tmpdir(), 'lifeboat-')));
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await browser.newPage({ colorScheme });
        await page.goto(pathToFileURL(path).href);
        const pairs = (await page.evaluate(COLOURS)) as [string, string, string][];
        const faint = pairs.filter(([, text, ground]) => contrast(text, ground) < 4.5);
        expect(faint).toEqual([]);
        await page.close();
      }
    },
    START_MS,
  );
});

/** Every visible text with its colour and the nearest ground painted behind it. */
const COLOURS = `[...document.querySelectorAll('body *:not(title)')]
  .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
  .map((element) => {
    let ground = element;
    const painted = () => getComputedStyle(ground).backgroundColor;
    while (ground.parentElement && painted() === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
    const style = getComputedStyle(element);
    return [element.textContent.trim().slice(0, 40), element instanceof SVGElement ? style.fill : style.color, painted()];
  })`;

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = (colour.match(/\d+/g) ?? []).map((part) => {
    const value = Number(part) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
