import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type JsonSchema, planJsonSchema } from '../../src/plan/json-schema.ts';

const written = readFileSync(new URL('../../lifeboat.schema.json', import.meta.url), 'utf8');

describe('lifeboat.schema.json', () => {
  it('is what the plan’s schema says (if not: npm run schemas)', () => {
    expect(written).toBe(`${JSON.stringify(planJsonSchema(), null, 2)}\n`);
  });

  it('describes plans as they are written: lengths of time are text, of a pattern, with what is allowed in words', () => {
    const schema = planJsonSchema() as JsonSchema & { title: string };
    expect(schema.title).toBe('Lifeboat plan');
    expect(schema.required).toEqual(['name', 'sites', 'tiers', 'workloads', 'stores', 'traffic']);
    expect(schema.properties?.detection?.properties?.holdDown).toMatchObject({
      type: 'string',
      default: '60s',
      patternErrorMessage: 'a length of time such as 30s, 15m, 24h or 30d',
    });
    expect(schema.additionalProperties).toBe(false);
  });
});
