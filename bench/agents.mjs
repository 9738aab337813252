// Runs on 1, 4 and 16 agents of this machine, over a redis-server of their own, against the null relay: whether counts are
// exact, percentiles those of all samples that the agents have sent, how late they begin, whether the rate is the one that was
// asked for, and what an agent takes and sends. Writes the tables of docs/distributed.md; about six minutes, on a quiet
// machine. Needs redis-server.
//
//   npm run bench:agents -- [--agents 1,4,16] [--rounds N] [--duration 10s] [--doc FILE] [--json]
//
// Where anything but --doc and --json is named, it writes only the page that --doc names, and judges nothing.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tryParseDurationMs } from '../dist/base/duration.js';
import { readTool } from '../dist/cli/version.js';
import { jobOfPlan, splitWorkers } from '../dist/distributed/job.js';
import { openRedisBus } from '../dist/distributed/redis-bus.js';
import { RemoteTransport } from '../dist/distributed/remote-transport.js';
import { withAgents } from '../dist/distributed/with-agents.js';
import { runPlan } from '../dist/engine/coordinator.js';
import { gateProblem } from '../dist/gate/parse.js';
import { buildPlan } from '../dist/plan/build-plan.js';
import { parseScenario } from '../dist/scenario/parse.js';
import { heldUnion, problemsOf, reportOf, summaryOf } from './agents-report.mjs';
import { METRIC, UnionOfNews } from './agents-union.mjs';
import { writeBetween } from './doc-table.mjs';
import { startOfBenchmark } from './machine.mjs';
import { rootPath, startNullRelay, stopChild } from './support.mjs';

const CONNECTIONS = 64;
const RATE_PER_S = 400;
const STANDARD = { agents: '1,4,16', rounds: '5', duration: '10s' };
const LOOK_EVERY_MS = 250;
const JOIN_MS = 60_000;
const START_MS = 60_000;

const { values } = parseArgs({
  options: {
    agents: { type: 'string' },
    rounds: { type: 'string' },
    duration: { type: 'string' },
    doc: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const isWhole = Object.keys(STANDARD).every((name) => values[name] === undefined);
const chosen = { ...STANDARD, ...values };
const sizes = chosen.agents.split(',').map(Number);
const rounds = Number(chosen.rounds);
const durationMs = tryParseDurationMs(chosen.duration);
if (![...sizes, rounds].every((number) => Number.isInteger(number) && number >= 1))
  throw new Error('--agents and --rounds need whole numbers from 1');
if (durationMs === null) throw new Error('--duration needs a duration, such as 10s');

const SCENARIO = `
name: agents
description: a steady stream of events
connections: { count: ${CONNECTIONS} }
corpus: { events: 0 }
warmup: 2s
phases: [{ name: steady, duration: ${durationMs}ms }]
workloads:
  publish: { rate: ${RATE_PER_S}/s, arrivals: constant }
`;

/** A port that nobody listens to. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  await new Promise((resolve) => server.close(resolve));
  return address.port;
}

/**
 * Resolves once a child has printed what it should; rejects where it ends before, or takes too long.
 * @returns {Promise<void>}
 */
function untilSays(child, pattern) {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`a child has not said ${pattern}`)), START_MS);
    child.stdout.setEncoding('utf8').on('data', (piece) => {
      text += piece;
      if (!pattern.test(text)) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`a child ended early: ${code ?? signal}`)));
  });
}

async function startRedis(dir) {
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', dir];
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await untilSays(child, /Ready to accept connections/);
  return { url: `redis://127.0.0.1:${port}`, child };
}

function startAgent(url, name) {
  const args = [rootPath('bin/relay-bench.js'), 'agent', '--name', name, '--redis', url];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
}

/** Resident memory of a process now, and of its largest child; 0 for what is not there. */
function memoryOf(pid) {
  const children = readOr('', `/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean);
  return { agent: residentOf(pid), worker: Math.max(0, ...children.map(residentOf)) };
}

function residentOf(pid) {
  const [, kilobytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readOr('', `/proc/${pid}/status`)) ?? [];
  return Number(kilobytes) * 1_024;
}

/** A process may have ended between two looks. */
function readOr(otherwise, path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return otherwise;
    throw error;
  }
}

/** The most that any of these processes, and any of their workers, holds while something is done. */
async function watchingMemory(pids, work) {
  const most = { agent: 0, worker: 0 };
  const timer = setInterval(() => {
    for (const { agent, worker } of pids.map(memoryOf)) {
      most.agent = Math.max(most.agent, agent);
      most.worker = Math.max(most.worker, worker);
    }
  }, LOOK_EVERY_MS);
  try {
    return { result: await work(), memory: most };
  } finally {
    clearInterval(timer);
  }
}

/** The same bus, which also tells what comes and how much goes. */
function listening(bus, onNews) {
  const sent = { bytes: 0 };
  const told = {
    timeUs: () => bus.timeUs(),
    append: (stream, entry, most) => {
      if (stream.endsWith(':orders')) sent.bytes += entry.length;
      bus.append(stream, entry, most);
    },
    flushed: (longestMs) => bus.flushed(longestMs),
    follow: (streams, onEntry, consume) => {
      const both = (entry, stream) => {
        onNews(entry);
        onEntry(entry, stream);
      };
      return bus.follow(streams, both, consume);
    },
    forget: (streams) => bus.forget(streams),
    offer: (jobs) => bus.offer(jobs),
    withdraw: (ids) => bus.withdraw(ids),
    take: (carryOut) => bus.take(carryOut),
    close: () => bus.close(),
  };
  return { bus: told, sent };
}

function planFor(agents, target) {
  const parsed = parseScenario(SCENARIO, gateProblem);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const overrides = { workers: agents };
  const plan = buildPlan({ scenario: parsed.scenario, targets: [target], cores: 1, overrides });
  return { plan, source: { scenario: SCENARIO, overrides } };
}

async function oneRun(agents, { redis, relay }) {
  const { plan: bare, source } = planFor(agents, relay.url);
  // Another salt makes other events; the relay keeps none.
  const fitted = { salt: randomUUID(), times: null, present: new Set(), remarks: [] };
  const plan = { ...bare, fitted };
  const union = new UnionOfNews(plan, agents);
  const complain = (line) => void process.stderr.write(`${line}\n`);
  const { bus, sent } = listening(await openRedisBus(redis.url, complain), (entry) => union.add(entry));
  try {
    const transport = await RemoteTransport.open({
      bus,
      runId: randomUUID(),
      job: { ...jobOfPlan(plan, source), tool: readTool().version, host: hostname() },
      shards: splitWorkers(agents, agents),
      joinMs: JOIN_MS,
    });
    try {
      const { signal } = new AbortController();
      const result = await runPlan({ plan, transport, signal, onProgress: () => undefined, endOnLoss: true });
      const whole = withAgents(result, transport.agents());
      const held = heldUnion(union.buckets, whole.histograms.get(METRIC));
      return { plan, result: whole, union: held, orders_bytes: sent.bytes };
    } finally {
      await transport.close();
    }
  } finally {
    await bus.close();
  }
}

async function measured(agents, places) {
  const children = Array.from({ length: agents }, (_, at) => startAgent(places.redis.url, `bench-${at}`));
  const runs = [];
  try {
    await Promise.all(children.map((child) => untilSays(child, /waits for shards/)));
    for (let round = 1; round <= rounds; round++) {
      const { result, memory } = await watchingMemory(
        children.map(({ pid }) => pid),
        () => oneRun(agents, places),
      );
      runs.push({ ...result, memory });
      const reasons = result.result.invalidities.map(({ text }) => text);
      process.stderr.write(`${agents} agents, ${round} of ${rounds}: ${reasons.join('; ') || 'valid'}\n`);
    }
  } finally {
    await Promise.all(children.map(stopChild));
  }
  return summaryOf(agents, runs, RATE_PER_S);
}

const start = startOfBenchmark();
const began = performance.now();
const dir = mkdtempSync(join(tmpdir(), 'relay-bench-agents-'));
const rows = [];
const open = [];
try {
  const redis = await startRedis(dir);
  open.push(() => stopChild(redis.child));
  const relay = await startNullRelay();
  open.push(() => relay.stop());
  for (const agents of sizes) rows.push(await measured(agents, { redis, relay }));
} finally {
  for (const close of open.reverse()) await close();
  rmSync(dir, { recursive: true, force: true });
}
const text = reportOf(start, rows, {
  connections: CONNECTIONS,
  rate_per_s: RATE_PER_S,
  duration_s: durationMs / 1_000,
  rounds,
});
console.log(values.json ? JSON.stringify({ start, rows }, null, 2) : text);
process.stderr.write(`took ${((performance.now() - began) / 60_000).toFixed(1)} min\n`);
const page = values.doc ?? (isWhole ? 'docs/distributed.md' : null);
if (page !== null) writeBetween(page, 'agents', text);
const problems = isWhole ? rows.flatMap(problemsOf) : [];
for (const problem of problems) process.stderr.write(`NOT HELD: ${problem}\n`);
if (problems.length > 0) process.exitCode = 99;
