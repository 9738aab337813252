// Bottlenecks of the stack, before and after: the scaled stack is brought up with one, loaded, and `diagnose` says what it sees; then
// without it, with the same load and seeds. A whole run writes the table of docs/bottlenecks.md; about a quarter of an hour.
//
//   npm run bench:bottlenecks -- [--only NAME] [--repetitions N] [--duration 20s] [--json]

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { diagnose } from '../dist/diagnose/diagnose.js';
import { BOTTLENECKS, scenarioOf } from './bottlenecks-cases.mjs';
import { figuresOf, reportOf, summaryOf } from './bottlenecks-report.mjs';
import { startOfBenchmark } from './machine.mjs';
import { runOn, withStack } from './stack-load.mjs';
import { rootPath } from './support.mjs';

const DOC = rootPath('docs/bottlenecks.md');
const [BEGIN, END] = ['<!-- bottlenecks:begin -->', '<!-- bottlenecks:end -->'];
const REPETITIONS = 3;
const DURATION = '20s';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    repetitions: { type: 'string', default: String(REPETITIONS) },
    duration: { type: 'string', default: DURATION },
    json: { type: 'boolean', default: false },
  },
});

/**
 * Does something while a fault lasts, as `stack fault` keeps it up.
 * @param {readonly string[] | null} fault
 */
async function during(fault, { dir }, work) {
  if (fault === null) return work();
  const args = [rootPath('bin/relay-bench.js'), 'stack', 'fault', ...fault, '--dir', dir];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  try {
    await until(child, /until Ctrl-C/);
    return await work();
  } finally {
    child.kill('SIGINT');
    await ended;
  }
}

/** @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, null>} child */
function until(child, pattern) {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (piece) => {
      text += piece;
      if (pattern.test(text)) resolve(undefined);
    });
    child.once('close', (code) => reject(new Error(`stack fault ended with ${code}: ${text}`)));
  });
}

/** All repetitions of a load on one stack. @param flags of `stack up` */
async function measured(one, flags, file, repetitions) {
  const figures = await withStack([...one.flags, ...flags], (stack) =>
    during(one.fault, stack, async () => {
      const all = [];
      for (let seed = 1; seed <= repetitions; seed++) {
        const record = await runOn(stack, file, ['--seed', String(seed), '--run-salt', 'bottlenecks']);
        const figure = figuresOf(record, diagnose(record));
        const seen = figure.title ?? 'nothing seen';
        process.stderr.write(`${one.title}, ${seed} of ${repetitions}: ${seen}, p95 ${figure.p95_ms} ms\n`);
        all.push(figure);
      }
      return all;
    }),
  );
  return { flags: [...one.flags, ...flags], summary: summaryOf(figures), figures };
}

function writeDoc(text) {
  const doc = readFileSync(DOC, 'utf8');
  const [from, to] = [doc.indexOf(BEGIN), doc.indexOf(END)];
  if (from === -1 || to < from) throw new Error(`${DOC} has no place for the table: ${BEGIN} … ${END}`);
  writeFileSync(DOC, `${doc.slice(0, from)}${BEGIN}\n\n${text}\n\n${doc.slice(to)}`);
}

const repetitions = Number(values.repetitions);
if (!Number.isInteger(repetitions) || repetitions < 1)
  throw new Error('--repetitions needs a whole number from 1');
const chosen = BOTTLENECKS.filter(({ name }) => values.only === undefined || name === values.only);
if (chosen.length === 0) {
  const names = BOTTLENECKS.map(({ name }) => name).join(', ');
  throw new Error(`there is no bottleneck "${values.only}": ${names}`);
}
const start = startOfBenchmark();
const folder = mkdtempSync(join(tmpdir(), 'relay-bench-bottlenecks-'));
const rows = [];
try {
  for (const one of chosen) {
    const file = join(folder, `${one.name}.yaml`);
    writeFileSync(file, stringify(scenarioOf(one, values.duration)));
    const before = await measured(one, one.before, file, repetitions);
    const after = await measured(one, one.after, file, repetitions);
    rows.push({ title: one.title, before, after });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const text = reportOf(start, rows);
console.log(values.json ? JSON.stringify({ start, rows }, null, 2) : text);
const isWhole = values.only === undefined && values.duration === DURATION && repetitions >= REPETITIONS;
if (isWhole) writeDoc(text);
