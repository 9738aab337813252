// What was wanted of the Postgres store, and what it does: the rate of writing and every shape of query in one table.
// `node bench/postgres-goals.mjs [--results bench/results] [--json]`: from the results of postgres-ingest and postgres-queries,
// which `npm run bench:postgres` measures right before.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { goalsOf } from './postgres-goals-table.mjs';
import { showResult } from './result.mjs';
import { rootPath } from './support.mjs';

const { values: flags } = parseArgs({
  options: {
    results: { type: 'string', default: rootPath('bench/results') },
    json: { type: 'boolean', default: false },
  },
});
const [ingest, queries] = ['postgres-ingest', 'postgres-queries'].map((name) =>
  JSON.parse(readFileSync(join(flags.results, `${name}.json`), 'utf8')),
);
const how = 'from the two benchmarks below, which ran one after the other';
showResult(
  { name: 'postgres-goals', start: ingest.start, how, tables: [goalsOf(ingest, queries)] },
  flags.json,
);
