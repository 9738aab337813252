// One part of the stack at a time held back, by a CPU quota as containers have them or by a setting, at a load that it carries
// otherwise: `diagnose` has to name that part. A whole run writes the table of docs/bottlenecks.md; about half an hour.
//
//   npm run bench:diagnose -- [--only NAME] [--repetitions N] [--duration 6s] [--json]
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
import { duringFault, runOn, untilWell, withStack } from './stack-load.mjs';
import { EVENTS, PART, PART_OF_THREAD, STACKS, scenarioOf } from './throttled-cases.mjs';
import { answerOf, reportOf, summaryOf } from './throttled-report.mjs';

const REPETITIONS = 10;
const DURATION = '6s';
/** Until what was held back has caught up. */
const CALM_MS = 1_000;
const WORKER = /engine\/worker-main\.js/;
const LOOK_MS = 20;
const LOOK_AT_THREADS_MS = 250;
/** What threads use that have nothing to do. */
const IDLE_MS = 4_000;
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

/** A first signal ends it with what is held back set free and the stack taken down. */
let isEnding = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    isEnding = true;
  });
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function pidOf({ dir }, name) {
  const service = readState(dir)?.services.find((one) => one.name === name);
  const pid = service === undefined ? undefined : findProcess(service)?.pid;
  if (pid === undefined) throw new Error(`the stack has no ${name}`);
  return pid;
}

/** A run with nothing in the way: what each service uses, and the thread of each relay that verifies. */
async function usual(stack, { file, eventsFile }) {
  const { said, cores, threads } = await watched(stack, file);
  const idle = await threadsBetween(stack, () => wait(IDLE_MS));
  const events = (await watched(stack, eventsFile)).threads;
  const verifying = new Map(
    [...threads].map(([relay, used]) => {
      const grown = (tid) => (events.get(relay).get(tid) ?? 0) - (idle.get(relay).get(tid) ?? 0);
      const [tid] = [...used.keys()].sort((a, b) => grown(b) - grown(a));
      return [relay, { tid, cores: used.get(tid) }];
    }),
  );
  return { cores, threads: verifying, said };
}

/** A run, and what services and threads of relays used in its measured phase, in cores. */
async function watched(stack, file) {
  const looks = [lookAt(stack)];
  const timer = setInterval(() => looks.push(lookAt(stack)), LOOK_AT_THREADS_MS);
  const record = await runOn(stack, file, ['--seed', '1'], ENDS).finally(() => clearInterval(timer));
  const [from, to] = measuredMs(record).map((ms) =>
    looks.reduce((best, one) => (Math.abs(one.atMs - ms) < Math.abs(best.atMs - ms) ? one : best)),
  );
  const cores = new Map(record.components.map(({ name, cpuShare }) => [name, cpuShare]));
  return { cores, threads: coresBetween(from, to), said: saidOf(diagnose(record)) };
}

/** When the measured phase began and ended. */
function measuredMs({ startedAt, load }) {
  const { start_s, end_s } = load.phases.find(({ kind }) => kind === 'measured');
  return [start_s, end_s].map((s) => Date.parse(startedAt) + 1_000 * s);
}

/** CPU seconds of each thread of each relay until now. */
function lookAt(stack) {
  const relays = (readState(stack.dir)?.services ?? []).filter(({ kind }) => kind === 'relay');
  const threads = new Map(relays.map(({ name }) => [name, cpuOfThreads(pidOf(stack, name))]));
  return { atMs: Date.now(), threads };
}

async function threadsBetween(stack, work) {
  const from = lookAt(stack);
  await work();
  return coresBetween(from, lookAt(stack));
}

/** Cores that each thread of each relay used between two looks. */
function coresBetween(from, to) {
  const seconds = (to.atMs - from.atMs) / 1_000;
  const all = new Map();
  for (const [relay, threads] of to.threads) {
    const grown = (tid) => threads.get(tid) - (from.threads.get(relay).get(tid) ?? 0);
    all.set(relay, new Map([...threads.keys()].map((tid) => [tid, grown(tid) / seconds])));
  }
  return all;
}

/** What is used with nothing in the way, in cores. */
function usageText({ cores, threads }) {
  const services = [...cores].map(([name, used]) => `${name} ${used?.toFixed(3)}`);
  const verifying = [...threads].map(([name, one]) => `verifying thread of ${name} ${one.cores.toFixed(4)}`);
  return `  cores: ${[...services, ...verifying].join(', ')}`;
}

/** Every suspect of a diagnosis, in short. */
function saidOf({ suspects }) {
  const texts = suspects.map(
    ({ cause, component, sureness }) => `${[cause, component ?? ''].join(' ').trim()} (${sureness})`,
  );
  return texts.join(', ') || 'nothing';
}

/** How many cores a part may use. */
function coresFor(throttle, { cores, threads }) {
  const { kind, service } = throttle;
  if (kind === 'generator') return throttle.cores;
  const used = kind === 'threads' ? threads.get(service).cores : cores.get(service);
  return Math.max(throttle.least, (kind === 'threads' ? PART_OF_THREAD : PART) * used);
}

/** Puts a part under its quota. @param workers processes of the generator that are new */
function holdBack(quota, { stack, throttle, threads }, workers) {
  const { kind, service } = throttle;
  if (kind === 'service') quota.addProcess(pidOf(stack, service));
  else if (kind === 'threads') quota.addThread(threads.get(service).tid);
  else for (const pid of workers) quota.addProcess(pid);
}

/** Holds a part back while something is done, from when the generator has workers: a stack that can't answer is not loaded. */
async function heldBack(stack, throttle, baseline, work) {
  if (throttle === null) return work();
  const quota = quotaOf(coresFor(throttle, baseline));
  const known = new Set();
  const timer = setInterval(() => {
    const workers = descendantsThat(WORKER).filter((pid) => !known.has(pid));
    if (workers.length === 0) return;
    for (const pid of workers) known.add(pid);
    holdBack(quota, { stack, throttle, threads: baseline.threads }, workers);
  }, LOOK_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    quota.end();
  }
}

/** One run; one that failed has named nothing. */
async function oneRun(stack, one, { file, baseline }, seed) {
  try {
    const record = await heldBack(stack, one.throttle, baseline, () =>
      runOn(stack, file, ['--seed', String(seed)], ENDS),
    );
    const diagnosis = diagnose(record);
    return { answer: answerOf(one, diagnosis, record.verdict !== 'invalid'), said: saidOf(diagnosis) };
  } catch (error) {
    const why = /^error: (.+)$/m.exec(error.stderr ?? '')?.[1] ?? error.message;
    const said = `the run failed: ${why}`;
    return { answer: { isNamed: false, said, sureness: null, evidence: [], isValid: false }, said };
  }
}

/** All repetitions of a case. */
async function measured(stack, one, context) {
  const answers = [];
  for (let seed = 1; seed <= repetitions; seed++) {
    if (isEnding) throw new Error('ended by a signal');
    const { answer, said } = await oneRun(stack, one, context, seed);
    const verdict = answer.isNamed ? 'named' : 'NOT NAMED';
    process.stderr.write(`${one.name}, ${seed} of ${repetitions}: ${verdict}: ${said}\n`);
    if (!answer.isNamed) process.stderr.write(`  ${answer.evidence.join('; ')}\n`);
    answers.push(answer);
    await wait(CALM_MS);
    await untilWell(stack);
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
    const eventsFile = join(folder, 'events.yaml');
    writeFileSync(file, stringify(scenarioOf(load, values.duration)));
    writeFileSync(eventsFile, stringify(scenarioOf(EVENTS, values.duration)));
    await withStack(flags, (stack) =>
      duringFault(stack, fault, async () => {
        // The first run stores the events and warms everything up.
        await runOn(stack, file, ['--seed', '1'], ENDS);
        const baseline = await usual(stack, { file, eventsFile });
        usually.push({ flags, said: baseline.said, cores: Object.fromEntries(baseline.cores) });
        process.stderr.write(`nothing held back: ${baseline.said}\n${usageText(baseline)}\n`);
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
