// What edges give: the stack of profile `edge` under its three scenarios, reads also without edges, audited over the origin and
// every edge. Some ten minutes on a quiet machine; a whole run writes the tables of docs/edge.md.
//
//   npm run bench:edge -- [--only read,fanout,failover] [--repetitions N] [--json]

import { parseArgs } from 'node:util';
import { writeBetween } from './doc-table.mjs';
import { failoverTable, fanoutTable, readTable } from './edge-report.mjs';
import { startOfBenchmark } from './machine.mjs';
import { markdownOf, showResult } from './result.mjs';
import { runOn, withStack } from './stack-load.mjs';

const REPETITIONS = 3;
/** A run whose gates do not hold or whose generator was late is told as well. */
const ENDS = [0, 99, 103];
const PROFILE = 'edge';
const ALL = ['read', 'fanout', 'failover'];

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: ALL.join(',') },
    repetitions: { type: 'string', default: String(REPETITIONS) },
    json: { type: 'boolean', default: false },
  },
});
const repetitions = Number(values.repetitions);
if (!Number.isInteger(repetitions) || repetitions < 1)
  throw new Error('--repetitions needs a whole number from 1');
const chosen = values.only.split(',');
const unknown = chosen.find((name) => !ALL.includes(name));
if (unknown !== undefined) throw new Error(`there is no part "${unknown}", only ${ALL.join(', ')}`);

/** All runs of a scenario on one stack, with the audit where there are edges to be audited. */
async function measured(stack, scenario, flags = ['--audit']) {
  const records = [];
  for (let seed = 1; seed <= repetitions; seed++) {
    const record = await runOn(stack, scenario, ['--seed', String(seed), ...flags], ENDS);
    process.stderr.write(`${scenario}, ${seed} of ${repetitions}: ${record.verdict}\n`);
    records.push(record);
  }
  return records;
}

const start = startOfBenchmark();
const tables = [];
if (chosen.includes('read')) {
  const without = await withStack(['--edges', '0'], (stack) => measured(stack, 'edge-read', []), PROFILE);
  const beside = await withStack([], (stack) => measured(stack, 'edge-read'), PROFILE);
  tables.push(readTable(without, beside));
}
if (chosen.includes('fanout'))
  tables.push(fanoutTable(await withStack([], (stack) => measured(stack, 'edge-fanout'), PROFILE)));
if (chosen.includes('failover'))
  tables.push(failoverTable(await withStack([], (stack) => measured(stack, 'edge-failover'), PROFILE)));
const { machine, at, busy_cores } = start;
const how = `_${at.slice(0, 10)}: ${machine.cpuModel}, ${machine.cpus} CPUs, kernel ${machine.kernel}, Node.js ${machine.node}; medians of ${repetitions} runs, with the range; others kept ${busy_cores} cores busy at the start._`;
const result = { name: 'edge', start, how, tables };
showResult(result, values.json);
if (chosen.length === ALL.length && repetitions >= REPETITIONS)
  writeBetween('docs/edge.md', 'edge', markdownOf(result));
if (tables.some(({ targets }) => targets.some(({ isMet }) => !isMet))) process.exitCode = 99;
