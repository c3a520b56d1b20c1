import { writeFileSync } from 'node:fs';
import { planJsonSchema } from '../plan/json-schema.ts';
import { scenarioJsonSchema } from '../rehearsal/scenario.ts';

/** Writes the JSON Schemas that editors read. Run it after a change of a schema: `npm run schemas`. */
const write = (file: string, schema: unknown): void =>
  writeFileSync(new URL(`../../${file}`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);

write('lifeboat.schema.json', planJsonSchema());
write('scenario.schema.json', scenarioJsonSchema());
