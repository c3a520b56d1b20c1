import { describe, expect, it } from '@jest/globals';
import { reportHtml } from '../../src/cli/report/report-html.ts';
import { reportMarkdown } from '../../src/cli/report/report-markdown.ts';
import type { Rehearsal } from '../../src/rehearsal/result.ts';
import { brokenInvariant, failedExpectation, held, recovered } from './sample-rehearsals.ts';

const EVIL = `"'><script>alert(1)</script><img src=https://x.example/> | \`</td>`;

/** Every text of a rehearsal replaced, at any depth, but for those that code reads. */
function poisoned(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return ['outcome', 'phase', 'id'].includes(key) ? value : EVIL;
  if (Array.isArray(value)) return value.map((item) => poisoned(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, poisoned(item, name)]));
}

const count = (page: string, pattern: string): number => page.match(new RegExp(pattern, 'g'))?.length ?? 0;

describe('report.html', () => {
  const samples: [string, () => Rehearsal][] = Object.entries({ recovered, held, brokenInvariant, failedExpectation });

  it.each(samples)('%s: loads nothing, runs nothing, and closes every tag', (_, sample) => {
    const page = reportHtml(sample());
    expect(page).not.toMatch(/https?:|<script|<link rel="(?!icon)|url\(|@import|\son[a-z]+=/);
    for (const tag of ['table', 'tbody', 'tr', 'td', 'th', 'section', 'svg', 'ul', 'ol', 'li', 'span', 'div'])
      expect([tag, count(page, `<${tag}[ >]`)]).toEqual([tag, count(page, `</${tag}>`)]);
  });

  it('escapes everything that comes from a rehearsal', () => {
    const page = reportHtml(poisoned(failedExpectation()) as Rehearsal);
    expect(page).not.toContain('<script');
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;script&gt;');
  });

  it('says first whether it was recovered, and marks each promise in words', () => {
    expect(reportHtml(recovered())).toContain('RECOVERED in 11m 52s');
    expect(reportHtml(failedExpectation())).toContain('✗ missed');
    expect(reportHtml(brokenInvariant())).toContain('Who must act');
  });

  it('draws no timeline where nothing took time', () => {
    expect(reportHtml({ ...held(), steps: [] })).not.toContain('id="timeline"');
  });
});

describe('report.md', () => {
  it('has the promises as a table', () => {
    expect(reportMarkdown(recovered())).toContain('| critical | 9m 12s ✓ | 30m | 3m 4s ✓ | 15m |');
  });

  it('lets nothing of a rehearsal become a table cell or a tag', () => {
    const text = reportMarkdown(poisoned(recovered()) as Rehearsal);
    const outside = text.replace(/```sh[\s\S]*?```/g, '').replace(/Digest `[^\n]*/g, '');
    expect(outside).not.toMatch(/(^|[^\\])<script/);
  });
});
