// Writes the JSON Schemas for editors and for readers of run.json, from the zod schemas of the built program.
// `npm run schemas` builds, runs this and formats; a unit test fails when a file is stale.
import { writeFile } from 'node:fs/promises';
import { capacityJsonSchema } from '../dist/capacity/schema.js';
import { comparisonJsonSchema } from '../dist/compare/schema.js';
import { runJsonSchema } from '../dist/record/json-schema.js';
import { scenarioJsonSchema } from '../dist/scenario/json-schema.js';
import { suiteJsonSchema } from '../dist/suite/schema.js';

const SCHEMAS = {
  '../scenarios/scenario.schema.json': scenarioJsonSchema(),
  '../reports/run.schema.json': runJsonSchema(),
  '../reports/comparison.schema.json': comparisonJsonSchema(),
  '../reports/capacity.schema.json': capacityJsonSchema(),
  '../reports/suite.schema.json': suiteJsonSchema(),
};

for (const [path, schema] of Object.entries(SCHEMAS)) {
  await writeFile(new URL(path, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}
