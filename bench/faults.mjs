// Faults, each as a run of a scenario against the scaled stack at 200 events/s and 500 connections: what is broken, what must
// hold, and what was measured in several repetitions. With five repetitions or more its rows go into the table of
// docs/reliability.md, where those of other faults stay, each with the day on which it was measured.
//
//   npm run bench:faults -- [--only TEXT] [--repetitions N] [--json]

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse, stringify } from 'yaml';
import { CASES } from './faults-cases.mjs';
import { mergedReport, reportOf, summaryOf } from './faults-report.mjs';
import { startOfBenchmark } from './machine.mjs';
import { percentileOf } from './pooled-percentile.mjs';
import { runOn, withStack } from './stack-load.mjs';
import { rootPath } from './support.mjs';

const DOC = rootPath('docs/reliability.md');
const [BEGIN, END] = ['<!-- faults:begin -->', '<!-- faults:end -->'];
/** Long enough for what is usual before and three good seconds after. */
const DURATION = '24s';
const REPETITIONS = 5;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    repetitions: { type: 'string', default: String(REPETITIONS) },
    json: { type: 'boolean', default: false },
  },
});

/**
 * Clients come back at once and often: what they wait by themselves says nothing of the stack. Scenarios have the longer waits
 * of good clients.
 */
const RECONNECT = { first: '100ms', longest: '250ms' };

/** A scenario as the file of a case: its load, with the faults of the case, and no gate of its own. */
function scenarioOf({ scenario = 'failover', faults, duration = DURATION }, folder) {
  const written = parse(readFileSync(rootPath(`scenarios/${scenario}.yaml`), 'utf8'));
  const { faults: _, gates: __, ...load } = written;
  const phases = [{ name: 'steady', duration }];
  const file = join(folder, 'case.yaml');
  const connections = { ...load.connections, reconnect: RECONNECT };
  writeFileSync(
    file,
    stringify({ ...load, connections, phases, ...(faults.length === 0 ? {} : { faults }) }),
  );
  return file;
}

/** All repetitions of a case on one stack, which has to have mended itself in between. */
async function repeat(one, repetitions, folder) {
  const file = scenarioOf(one, folder);
  const records = [];
  const flags = ['--durability', one.durability ?? 'async'];
  await withStack(flags, async (stack) => {
    for (let number = 1; number <= repetitions; number++) {
      const record = await runOn(stack, file, ['--audit', '--seed', String(number)]);
      process.stderr.write(`${one.name}, ${number} of ${repetitions}: ${record.verdict}\n`);
      records.push(record);
    }
  });
  return summaryOf(one, records, percentileOf);
}

/** One that can't be measured is a row of its own; the others are measured all the same. */
async function measured(one, repetitions, folder) {
  try {
    return await repeat(one, repetitions, folder);
  } catch (error) {
    process.stderr.write(`${one.name}: ${error.message}\n`);
    return { name: one.name, verdict: 'not measured', why: error.message.split('\n')[0], figures: [] };
  }
}

/** Puts the rows into the document; those of faults that were not measured now stay. */
function writeDoc(start, rows, repetitions) {
  const doc = readFileSync(DOC, 'utf8');
  const [from, to] = [doc.indexOf(BEGIN), doc.indexOf(END)];
  if (from === -1 || to < from) throw new Error(`${DOC} has no place for the table: ${BEGIN} … ${END}`);
  const order = CASES.map(({ name }) => name);
  const text = mergedReport(doc.slice(from, to), order, reportOf(start, rows, repetitions));
  writeFileSync(DOC, `${doc.slice(0, from)}${BEGIN}\n\n${text}\n\n${doc.slice(to)}`);
}

const repetitions = Number(values.repetitions);
if (!Number.isInteger(repetitions) || repetitions < 1)
  throw new Error('--repetitions needs a whole number from 1');
const cases = CASES.filter(({ name }) => values.only === undefined || name.includes(values.only));
if (cases.length === 0) throw new Error(`there is no fault "${values.only}"`);
const MINUTES_A_RUN = 0.8;
process.stderr.write(
  `${cases.length} faults, ${repetitions} runs each: about ${Math.ceil(cases.length * (repetitions * MINUTES_A_RUN + 0.5))} minutes\n`,
);
const start = startOfBenchmark();
const folder = mkdtempSync(join(tmpdir(), 'relay-bench-faults-'));
const rows = [];
try {
  for (const one of cases) rows.push(await measured(one, repetitions, folder));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const text = reportOf(start, rows, repetitions);
console.log(values.json ? JSON.stringify({ start, rows }, null, 2) : text);
if (repetitions >= REPETITIONS) writeDoc(start, rows, repetitions);
if (rows.some(({ verdict }) => verdict !== 'held')) process.exitCode = 99;
