// The tail of the headline: the scenario `standard` on the scaled stack, which is brought up anew for each run, at its own rate and
// at three times that, each measured in less than five minutes and a file of its own in bench/results/, from where its tables go
// into docs/performance.md.
//
//   npm run bench:tail -- [--rates 100,300] [--repetitions N] [--set KEY=VALUE …] [--json]
//
// --set is that of `stack up`: with a setting as it was before, and without it, it shows what the setting is worth.

import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startOfBenchmark } from './machine.mjs';
import { showResult } from './result.mjs';
import { runOn, withStack } from './stack-load.mjs';
import { rootPath } from './support.mjs';
import { costTable, tailTable } from './tail-report.mjs';

const RATES = [100, 300];
const REPETITIONS = 3;
/** A run whose gates do not hold or whose generator was late is told as well. */
const ENDS = [0, 99, 103];

const { values } = parseArgs({
  options: {
    rates: { type: 'string', default: RATES.join() },
    repetitions: { type: 'string', default: String(REPETITIONS) },
    set: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
  },
});
const repetitions = Number(values.repetitions);
if (!Number.isInteger(repetitions) || repetitions < 1)
  throw new Error('--repetitions needs a whole number from 1');
const chosen = values.rates.split(',').map(Number);
if (!chosen.every((rate) => Number.isInteger(rate) && rate > 0))
  throw new Error('--rates needs whole numbers from 1, separated by commas');
const settings = values.set.flatMap((each) => ['--set', each]);

async function measured(rate_per_s) {
  const records = [];
  for (let seed = 1; seed <= repetitions; seed++) {
    const flags = ['--seed', String(seed), '--rate', String(rate_per_s)];
    const record = await withStack(settings, (stack) => runOn(stack, 'standard', flags, ENDS));
    process.stderr.write(`${rate_per_s}/s, ${seed} of ${repetitions}: ${record.validity.verdict}\n`);
    records.push(record);
  }
  return records;
}

/** Measures one rate and shows it. */
async function measureRate(rate_per_s) {
  const start = startOfBenchmark();
  const records = await measured(rate_per_s);
  const disturbed = start.busy_cores > 0.2 ? `; DISTURBED: others kept ${start.busy_cores} cores busy` : '';
  const set = values.set.length === 0 ? '' : `, with ${values.set.join(', ')}`;
  const how = `stack scaled brought up anew for each run, client included on this machine${set}${disturbed}`;
  const figures = records.map(({ metrics, validity, generator }) => ({
    ...{ metrics: quantilesOf(metrics), validity, generator },
  }));
  const tables = [tailTable(rate_per_s, records), costTable(rate_per_s, records)];
  const result = { name: `tail-${rate_per_s}`, how, start, tables, figures };
  showResult(result, values.json);
  if (!RATES.includes(rate_per_s) || repetitions < REPETITIONS || settings.length > 0) return;
  writeFileSync(rootPath(`bench/results/${result.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
}

mkdirSync(rootPath('bench/results'), { recursive: true });
for (const rate_per_s of chosen) await measureRate(rate_per_s);

/** Without their histograms. */
function quantilesOf(metrics) {
  return Object.fromEntries(Object.entries(metrics).map(([key, { hdr: _, ...rest }]) => [key, rest]));
}
