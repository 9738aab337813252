// One part of the stack at a time held back, by a CPU quota as containers have them or by a setting, at a load that it carries
// otherwise: `diagnose` has to name that part. A whole run writes the table of docs/bottlenecks.md; about twenty minutes.
//
//   npm run bench:diagnose -- [--only NAME] [--repetitions N] [--duration 8s] [--json]
//
// Needs root and control groups; verification is held back by its thread, which takes version 1 of them.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { diagnose } from '../dist/diagnose/diagnose.js';
import { findProcess } from '../dist/stack/processes.js';
import { readState } from '../dist/stack/state.js';
import { canLimitThreads, cpuOfThreads, descendantsThat, quotaOf, requireQuotas } from './cpu-quota.mjs';
import { writeBetween } from './doc-table.mjs';
import { startOfBenchmark } from './machine.mjs';
import { duringFault, runOn, withStack } from './stack-load.mjs';
import { PART, STACKS, scenarioOf } from './throttled-cases.mjs';
import { answerOf, reportOf, summaryOf } from './throttled-report.mjs';

const REPETITIONS = 10;
const DURATION = '8s';
/** Until what was held back has caught up. */
const CALM_MS = 1_000;
const WORKER = /engine\/worker-main\.js/;
const LOOK_MS = 20;
/** A run whose target threw clients out, or whose generator was late, is diagnosed as well. */
const ENDS = [0, 99, 103];

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    repetitions: { type: 'string', default: String(REPETITIONS) },
    duration: { type: 'string', default: DURATION },
    json: { type: 'boolean', default: false },
  },
});
const repetitions = Number(values.repetitions);
if (!Number.isInteger(repetitions) || repetitions < 1)
  throw new Error('--repetitions needs a whole number from 1');
const isChosen = ({ name }) => values.only === undefined || name === values.only;
const stacks = STACKS.filter(({ cases }) => cases.some(isChosen));
if (stacks.length === 0) throw new Error(`there is no part "${values.only}"`);
requireQuotas();

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function pidOf({ dir }, name) {
  const service = readState(dir)?.services.find((one) => one.name === name);
  const pid = service === undefined ? undefined : findProcess(service)?.pid;
  if (pid === undefined) throw new Error(`the stack has no ${name}`);
  return pid;
}

/** A run with nothing in the way: what each service uses, and the busiest thread of each relay beside its main one. */
async function usual(stack, file) {
  const relays = (readState(stack.dir)?.services ?? []).filter(({ kind }) => kind === 'relay');
  const before = new Map(relays.map(({ name }) => [name, cpuOfThreads(pidOf(stack, name))]));
  const record = await runOn(stack, file, ['--seed', '1'], ENDS);
  const threads = new Map(
    relays.map(({ name }) => {
      const grown = [...cpuOfThreads(pidOf(stack, name))].map(([tid, cpu_s]) => {
        return { tid, cpu_s: cpu_s - (before.get(name)?.get(tid) ?? 0) };
      });
      const [first] = grown.sort((a, b) => b.cpu_s - a.cpu_s);
      return [name, { tid: first.tid, cores: first.cpu_s / (record.durationMs / 1_000) }];
    }),
  );
  const cores = new Map(record.components.map(({ name, cpuShare }) => [name, cpuShare]));
  return { cores, threads, said: saidOf(diagnose(record)) };
}

/** Every suspect of a diagnosis, in short. */
function saidOf({ suspects }) {
  const texts = suspects.map(
    ({ cause, component, sureness }) => `${[cause, component ?? ''].join(' ').trim()} (${sureness})`,
  );
  return texts.join(', ') || 'nothing';
}

/** Puts a quota over the workers of the generator as soon as they are there. */
function limitGenerator(quota) {
  const held = new Set();
  const timer = setInterval(() => {
    for (const pid of descendantsThat(WORKER)) {
      if (held.has(pid)) continue;
      held.add(pid);
      quota.addProcess(pid);
    }
  }, LOOK_MS);
  return () => {
    clearInterval(timer);
    if (held.size === 0) throw new Error('the generator had no worker to hold back');
  };
}

/** Holds a part back while something is done. */
async function heldBack(stack, throttle, { cores, threads }, work) {
  if (throttle === null) return work();
  const { kind, service } = throttle;
  const used =
    kind === 'generator'
      ? throttle.cores
      : kind === 'threads'
        ? threads.get(service).cores
        : cores.get(service);
  const quota = quotaOf(kind === 'generator' ? used : PART * used);
  /** @type {() => void} */
  let stop = () => undefined;
  try {
    if (kind === 'service') quota.addProcess(pidOf(stack, service));
    else if (kind === 'threads') quota.addThread(threads.get(service).tid);
    else stop = limitGenerator(quota);
    return await work();
  } finally {
    stop();
    quota.end();
  }
}

/** All repetitions of a case. */
async function measured(stack, one, { file, baseline }) {
  const answers = [];
  for (let seed = 1; seed <= repetitions; seed++) {
    const record = await heldBack(stack, one.throttle, baseline, () =>
      runOn(stack, file, ['--seed', String(seed)], ENDS),
    );
    const diagnosis = diagnose(record);
    const answer = answerOf(one, diagnosis, record.verdict !== 'invalid');
    const verdict = answer.isNamed ? 'named' : 'NOT NAMED';
    process.stderr.write(`${one.name}, ${seed} of ${repetitions}: ${verdict}: ${saidOf(diagnosis)}\n`);
    if (!answer.isNamed) process.stderr.write(`  ${answer.evidence.join('; ')}\n`);
    answers.push(answer);
    await wait(CALM_MS);
  }
  return summaryOf(one, answers);
}

const start = startOfBenchmark();
const began = performance.now();
const folder = mkdtempSync(join(tmpdir(), 'relay-bench-throttled-'));
const rows = [];
const usually = [];
try {
  for (const { flags, fault, load, cases } of stacks) {
    const file = join(folder, 'throttled.yaml');
    writeFileSync(file, stringify(scenarioOf(load, values.duration)));
    await withStack(flags, (stack) =>
      duringFault(stack, fault, async () => {
        // The first run stores the events and warms everything up.
        await runOn(stack, file, ['--seed', '1'], ENDS);
        const baseline = await usual(stack, file);
        usually.push({ flags, said: baseline.said, cores: Object.fromEntries(baseline.cores) });
        process.stderr.write(
          `nothing held back: ${baseline.said}; ${JSON.stringify(Object.fromEntries(baseline.cores))}\n`,
        );
        for (const one of cases.filter(isChosen)) {
          if (one.throttle?.kind === 'threads' && !canLimitThreads()) {
            process.stderr.write(
              `${one.name}: not measured, threads can't be held back with these control groups\n`,
            );
            continue;
          }
          rows.push(await measured(stack, one, { file, baseline }));
        }
      }),
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const text = reportOf(start, rows);
console.log(values.json ? JSON.stringify({ start, usually, rows }, null, 2) : text);
process.stderr.write(`took ${((performance.now() - began) / 60_000).toFixed(1)} min\n`);
const isWhole = values.only === undefined && values.duration === DURATION && repetitions >= REPETITIONS;
if (isWhole) writeBetween('docs/bottlenecks.md', 'throttled', text);
if (isWhole && rows.some(({ isHeld }) => !isHeld)) process.exitCode = 99;
