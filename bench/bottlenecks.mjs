// Bottlenecks of the stack, before and after: the scaled stack is brought up with one, loaded, and `diagnose` says what it sees; so
// is one without it, with the same load and seed; then `ab` measures the two against each other. Its rows go into the table of docs/bottlenecks.md, where those of others stay; about a quarter of an hour for all.
//
//   npm run bench:bottlenecks -- [--only NAME] [--repetitions N] [--rounds N] [--duration 10s] [--json]

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { diagnose } from '../dist/diagnose/diagnose.js';
import { BOTTLENECKS, scenarioOf } from './bottlenecks-cases.mjs';
import { comparisonOf, figuresOf, mergedReport, reportOf, summaryOf } from './bottlenecks-report.mjs';
import { readBetween, writeBetween } from './doc-table.mjs';
import { startOfBenchmark } from './machine.mjs';
import { abBetween, duringFault, runOn, withStack } from './stack-load.mjs';

/** Runs of which `diagnose` is asked, of either side. */
const REPETITIONS = 2;
/** Pairs of `ab`: one more than decide. */
const ROUNDS = 5;
const DURATION = '10s';
/** A run whose target threw clients out, or whose generator was late, is told as well. */
const ENDS = [0, 99, 103];
const METRIC = 'eose_latency p95';
const PLACE = /** @type {const} */ (['docs/bottlenecks.md', 'bottlenecks']);

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    repetitions: { type: 'string', default: String(REPETITIONS) },
    rounds: { type: 'string', default: String(ROUNDS) },
    duration: { type: 'string', default: DURATION },
    json: { type: 'boolean', default: false },
  },
});

/** All runs of which `diagnose` is asked, on one stack. The first one, which is not among them, stores the events. */
async function measured(one, stack, file) {
  const all = [];
  for (let number = 0; number <= repetitions; number++) {
    const record = await runOn(stack, file, ['--seed', '1', '--run-salt', 'bottlenecks'], ENDS);
    if (number === 0) continue;
    const figure = figuresOf(record, diagnose(record));
    const seen = figure.title ?? 'nothing seen';
    process.stderr.write(`${one.title}, ${number} of ${repetitions}: ${seen}, p95 ${figure.p95_ms} ms\n`);
    all.push(figure);
  }
  return summaryOf(all);
}

/** A bottleneck: what `diagnose` says with it and without it, and `ab` between the two, which stand beside each other. */
async function beforeAndAfter(one, file) {
  const [before, after] = [one.before, one.after].map((flags) => [...one.flags, ...flags]);
  const inStack = (flags, work) =>
    withStack(flags, (stack) => duringFault(stack, one.fault, () => work(stack)));
  return inStack(before, (base) =>
    inStack(after, async (candidate) => {
      const sides = {
        before: { flags: before, summary: await measured(one, base, file) },
        after: { flags: after, summary: await measured(one, candidate, file) },
      };
      const flags = ['--rounds', String(rounds), '--seed', '1', '--metric', METRIC];
      const comparison = comparisonOf(await abBetween(base, candidate, file, flags), METRIC);
      process.stderr.write(`${one.title}: ab: ${comparison.verdict}\n`);
      return { title: one.title, ...sides, comparison };
    }),
  );
}

const repetitions = Number(values.repetitions);
if (!Number.isInteger(repetitions) || repetitions < 1)
  throw new Error('--repetitions needs a whole number from 1');
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds needs a whole number from 1');
const chosen = BOTTLENECKS.filter(({ name }) => values.only === undefined || name === values.only);
if (chosen.length === 0) {
  const names = BOTTLENECKS.map(({ name }) => name).join(', ');
  throw new Error(`there is no bottleneck "${values.only}": ${names}`);
}
const start = startOfBenchmark();
const began = performance.now();
const folder = mkdtempSync(join(tmpdir(), 'relay-bench-bottlenecks-'));
const rows = [];
try {
  for (const one of chosen) {
    const file = join(folder, `${one.name}.yaml`);
    writeFileSync(file, stringify(scenarioOf(one, values.duration)));
    rows.push(await beforeAndAfter(one, file));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const text = reportOf(start, rows);
console.log(values.json ? JSON.stringify({ start, rows }, null, 2) : text);
process.stderr.write(`took ${((performance.now() - began) / 60_000).toFixed(1)} min\n`);
const isLong = values.duration === DURATION && repetitions >= REPETITIONS && rounds >= ROUNDS;
const order = BOTTLENECKS.map(({ title }) => title);
if (isLong) writeBetween(...PLACE, mergedReport(readBetween(...PLACE), order, text));
