import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import * as errors from '../../src/domain/errors.ts';
import { runbookOf } from '../../src/domain/runbooks.ts';
import { machines } from './machines.ts';

const FOLDER = 'docs/runbooks';
const pages = new Map(
  readdirSync(FOLDER).map((file) => [file.replace(/\.md$/, ''), readFileSync(`${FOLDER}/${file}`, 'utf8')]),
);
const page = (name: string): string => pages.get(name) ?? '';

const classes = Object.keys(errors).filter((name) => name !== 'LifeboatError');
const states = machines.flatMap((machine) => machine.states);
/** Errors that Fail states end with: constants, and the one that stands in an expression for a run whose tiers failed. */
const endings = states
  .filter(({ state }) => state.Type === 'Fail')
  .flatMap(({ state }) =>
    /^\w+$/.test(state.Error ?? '') ? [state.Error ?? ''] : ((state.Error ?? '').match(/(?<=')\w+(?=')/g) ?? []),
  );
/** Errors that are raised by name alone. */
const byName = [...readFileSync('src/gateways/kubernetes/cluster-api.ts', 'utf8').matchAll(/'(Kubernetes[A-Z]\w+)'/g)]
  .map(([, name]) => name ?? '')
  .filter((name) => name !== 'KubernetesObjectApi');

const named = [...new Set([...classes, ...endings, ...byName, 'Held', 'States.Timeout', 'Sandbox.Timedout'])];

describe('a runbook', () => {
  it.each(named)('is there for %s, under that very name', (name) => {
    expect(page(name)).toMatch(new RegExp(`^# ${name.replace('.', '\\.')}: `));
  });

  it.each(named)(
    'of %s says what holds, what it means, what to look at, what to do, how to go on and what not to do',
    (name) => {
      const sections = [...page(name).matchAll(/^## (.*)$/gm)].map(([, title]) => title);
      expect(sections).toEqual(['What holds now', 'What it means', 'See more', 'Do', 'Go on', 'Do not']);
    },
  );

  it.each(named)('of %s is short enough to be read at night', (name) => {
    const lines = page(name).trim().split('\n').length;
    expect(lines).toBeGreaterThanOrEqual(25);
    expect(lines).toBeLessThanOrEqual(60);
  });

  it.each(named)('of %s is what advice leads to', (name) => {
    expect(runbookOf(name)).toBe(`${FOLDER}/${name}.md`);
  });

  it('that is not there is not named: advice leads to the index', () => {
    expect(runbookOf('AccessDeniedException')).toBe(`${FOLDER}/README.md`);
  });

  it('is there for no error that there is not', () => {
    const others = ['README', 'alarms', 'cluster-alarms', 'region-loss', 'finish-by-hand'];
    expect([...pages.keys()].filter((name) => !named.includes(name)).toSorted()).toEqual(others.toSorted());
  });

  it('is found from the index', () => {
    for (const name of pages.keys()) if (name !== 'README') expect(page('README')).toContain(`(${name}.md)`);
  });

  it('leads only to pages that are there', () => {
    for (const text of pages.values()) {
      for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g))
        expect([...pages.keys()].map((name) => `${name}.md`)).toContain(target);
    }
  });

  it('is what the states that name one name', () => {
    const comments = machines.map(({ name }) => readFileSync(`statemachines/${name}.asl.json`, 'utf8')).join('\n');
    const wanted = [...comments.matchAll(/docs\/runbooks\/([\w.-]+)\.md/g)].map(([, name]) => name);
    expect(wanted.length).toBeGreaterThan(0);
    for (const name of wanted) expect([...pages.keys()]).toContain(name);
  });
});
