// Stacks for benchmarks: brought up and taken down by the command line, loaded by a run of it, or read as fast as they
// answer.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import WebSocket from 'ws';
import { readProcessTree } from '../dist/observe/process-tree.js';
import { findProcess } from '../dist/stack/processes.js';
import { entryOf, readState } from '../dist/stack/state.js';
import { rootPath } from './support.mjs';

const run = promisify(execFile);
const EVENTS_OF_A_PAGE = 50;
const CONNECTIONS = 16;

/**
 * The command line; rejects unless it ends with one of `codes`.
 * @returns what it has printed
 */
async function cli(args, codes = [0]) {
  try {
    const { stdout, stderr } = await run(process.execPath, [rootPath('bin/relay-bench.js'), ...args], {
      maxBuffer: 2 ** 28,
    });
    return { code: 0, stdout, stderr };
  } catch (error) {
    if (!codes.includes(error.code)) throw error;
    return { code: error.code, stdout: error.stdout, stderr: error.stderr };
  }
}

/** Takes down each stack that is up. @type {Set<() => Promise<void>>} */
const standing = new Set();

async function endAll() {
  for (const takeDown of [...standing].reverse()) await takeDown();
  process.exit(130);
}

/**
 * Brings a stack up, hands it to `work` and takes it down, whatever happens: also where a signal ends the program, unless that
 * listens to signals itself.
 * @param flags of `stack up`
 */
export async function withStack(flags, work, profile = 'scaled') {
  const parent = mkdtempSync(join(process.getuid?.() === 0 ? '/var/lib' : tmpdir(), 'relay-bench-effects-'));
  await run('chmod', ['755', parent]);
  const dir = join(parent, 'stack');
  process.stderr.write(`stack ${flags.join(' ')}\n`);
  const takeDown = async () => {
    standing.delete(takeDown);
    await cli(['stack', 'down', '--dir', dir]);
    rmSync(parent, { recursive: true, force: true });
  };
  standing.add(takeDown);
  if (process.listenerCount('SIGINT') === 0)
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, endAll);
  try {
    await cli(['stack', 'up', profile, '--dir', dir, ...flags]);
    return await work({ profile, dir, parent, url: entryOf(stateOf(dir)) });
  } finally {
    if (standing.has(takeDown)) await takeDown();
  }
}

/**
 * The record of a run against the stack; its verdict is not looked at, its validity is part of the record.
 * @param flags of `run`; nothing is audited unless they say `--audit`
 * @param codes exit codes with which it may end
 */
export async function runOn({ profile, dir, parent }, scenario, flags, codes = [0, 103]) {
  const out = join(parent, 'out');
  const args = ['run', scenario, '--stack', profile, '--stack-dir', dir, '--out', out, '--progress', 'none'];
  const audit = flags.includes('--audit') ? [] : ['--no-audit'];
  await cli([...args, ...audit, '--no-default-gates', '--format', 'json', ...flags], codes);
  return JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'));
}

/**
 * What `ab` says of two stacks.
 * @param flags of `ab`
 * @returns its comparison, or why there is none
 */
export async function abBetween(base, candidate, scenario, flags) {
  const sides = ['--base', base.url, '--candidate', candidate.url];
  const out = ['--out', join(candidate.parent, 'ab'), '--format', 'json'];
  const { code, stdout, stderr } = await cli(['ab', scenario, ...sides, ...out, ...flags], [0, 98, 103]);
  if (code !== 103) return { comparison: JSON.parse(stdout), why: null };
  const why = /^error: (.+)$/m.exec(stderr)?.[1] ?? 'too few pairs are valid';
  return { comparison: null, why };
}

const WELL_ATTEMPTS = 20;

/** Waits until every part of a stack is well again, for half a minute or so. @throws Error where one is not */
export async function untilWell({ dir }) {
  for (let attempt = 1; ; attempt++) {
    const { code, stdout } = await cli(['stack', 'status', '--dir', dir], [0, 3]);
    if (code === 0) return;
    if (attempt === WELL_ATTEMPTS) throw new Error(`the stack did not become well again:\n${stdout}`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
}

/**
 * Does something while a fault lasts, as `stack fault` keeps it up.
 * @param {{ dir: string }} stack
 * @param {readonly string[] | null} fault null for none
 * @param {() => Promise<any>} work
 */
export async function duringFault({ dir }, fault, work) {
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

function stateOf(dir) {
  const state = readState(dir);
  if (state === null) throw new Error(`no stack in ${dir}`);
  return state;
}

/**
 * CPU seconds that each service of the stack has used so far, with its children.
 * @throws Error where one has ended
 */
export function cpuOfServices({ dir }) {
  /** @type {Record<string, number>} */
  const seconds = {};
  for (const service of stateOf(dir).services) {
    const reading = readProcessTree(findProcess(service)?.pid ?? 0);
    if (!reading.ok) throw new Error(`${service.name} has ended`);
    seconds[service.name] = reading.snapshot.cpu_s;
  }
  return seconds;
}

/** A connection on which one question after the other can be asked. */
function connect(url) {
  const socket = new WebSocket(url);
  /** @type {(type: string) => void} */
  let isDone = () => undefined;
  let events = [];
  socket.on('message', (data) => {
    const [type, , event] = JSON.parse(String(data));
    if (type === 'EVENT') events.push(event);
    if (type === 'EOSE' || type === 'CLOSED') isDone(type);
  });
  const ask = (filter) =>
    new Promise((resolve, reject) => {
      events = [];
      isDone = (type) => (type === 'EOSE' ? resolve(events) : reject(new Error('a query was refused')));
      socket.send(JSON.stringify(['REQ', 'q', filter]));
    });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve({ ask, close: () => socket.terminate() }));
    socket.once('error', reject);
  });
}

/** Filters of four everyday shapes, with values that are stored: `next(n)` is the n-th. */
async function filtersOf(url) {
  const reader = await connect(url);
  const events = await reader.ask({ kinds: [1], limit: 500 });
  reader.close();
  const authors = [...new Set(events.map(({ pubkey }) => pubkey))];
  const from = (list, start, count) =>
    Array.from({ length: count }, (_, i) => list[(start + i) % list.length]);
  const ids = events.map(({ id }) => id);
  const limit = EVENTS_OF_A_PAGE;
  const shapes = [
    (n) => ({ kinds: [1], until: events[n % events.length].created_at, limit }),
    (n) => ({ authors: from(authors, 7 * n, 3), limit }),
    (n) => ({ kinds: [1], authors: from(authors, 11 * n, 80), limit }),
    (n) => ({ ids: from(ids, 13 * n, 50), limit }),
  ];
  return (n) => shapes[n % shapes.length](n);
}

/**
 * Asks as fast as the stack answers: on each of 16 connections the next question follows the last answer.
 * @returns queries per second and the CPU seconds of every service in that time
 */
export async function readClosed(stack, { warmupMs, windowMs }) {
  const next = await filtersOf(stack.url);
  const readers = await Promise.all(Array.from({ length: CONNECTIONS }, () => connect(stack.url)));
  let asked = 0;
  let answered = 0;
  let isOver = false;
  const loops = readers.map(async ({ ask }) => {
    while (!isOver) {
      await ask(next(asked++));
      answered++;
    }
  });
  await new Promise((resolve) => setTimeout(resolve, warmupMs));
  const before = { answered, cpu: cpuOfServices(stack), at: performance.now() };
  await new Promise((resolve) => setTimeout(resolve, windowMs));
  const seconds = (performance.now() - before.at) / 1_000;
  const queries = answered - before.answered;
  const after = cpuOfServices(stack);
  isOver = true;
  await Promise.all(loops);
  for (const { close } of readers) close();
  const cpu_s = Object.fromEntries(Object.entries(after).map(([name, s]) => [name, s - before.cpu[name]]));
  return { queries_per_s: queries / seconds, queries, seconds, cpu_s };
}
