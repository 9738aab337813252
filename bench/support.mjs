// Shared by the benchmark programs: pinned child processes, CPU readings, sample events, medians.

import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Core of the program that is measured, and of the server it talks to. */
export const CLIENT_CORE = 0;
export const SERVER_CORE = 1;

/**
 * A flag that has to be given.
 * @param {string | undefined} value
 * @param {string} name
 * @throws Error where it is not
 */
export function required(value, name) {
  if (value === undefined) throw new Error(`--${name} is missing`);
  return value;
}

export const rootPath = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Whether processes can be pinned to cores of their own here. */
export function canPin() {
  return process.platform === 'linux' && availableParallelism() >= 2;
}

/**
 * Start `node …args` on one core; stdout is piped, stderr shown.
 * @param {number | null} core null, or where pinning is not possible: on any
 * @param {readonly string[]} args
 */
export function startPinned(core, args) {
  const command =
    core !== null && canPin() ? ['taskset', '-c', String(core), process.execPath] : [process.execPath];
  return spawn(command[0], [...command.slice(1), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/**
 * The first line that `child` prints, as JSON; rejects when it ends before.
 * @param {import('node:child_process').ChildProcessByStdio<import('node:stream').Writable | null, import('node:stream').Readable, null>} child
 */
export function firstJsonLine(child) {
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`a child ended early: ${code ?? signal}`)));
  });
}

/** Start the built-in null relay on its own core. @param flags for example `--fan-out` */
export async function startNullRelay(...flags) {
  const program = rootPath('dist/relay/null/main.js');
  const child = startPinned(SERVER_CORE, [program, '--exit-with-parent', ...flags]);
  const { url, port, pid } = await firstJsonLine(child);
  return { url, port, pid, stop: () => stopChild(child) };
}

/** Start the null relay behind TLS 1.3, with the key and certificate of the tests. */
export function startTlsNullRelay() {
  const file = (name) => rootPath(`test/support/tls/${name}.pem`);
  return startNullRelay('--tls-cert', file('cert'), '--tls-key', file('key'));
}

/**
 * Run a program of this folder on the core of clients.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {number | null} core
 * @returns the JSON line that it prints
 */
export async function runClient(program, args, core = CLIENT_CORE) {
  const child = startPinned(core, [rootPath(`bench/${program}`), ...args]);
  try {
    return await firstJsonLine(child);
  } finally {
    await stopChild(child);
  }
}

/**
 * Run one of the engine's own measurements, see trial-client.mjs.
 * @param {string} measure
 * @param {string} url
 * @param {object} parameters
 * @param {number | null} core null: not pinned, as in a run
 */
export function runTrial(measure, url, parameters, core = CLIENT_CORE) {
  const args = ['--measure', measure, '--url', url, '--parameters', JSON.stringify(parameters)];
  return runClient('trial-client.mjs', args, core);
}

/**
 * SIGTERM by pid, then wait until the child is gone.
 * @param {import('node:child_process').ChildProcess} child
 */
export async function stopChild(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

/**
 * CPU time of a process that runs and all its threads, user + system, in µs.
 * @param {number} pid
 * @throws Error where /proc does not tell: no figure is better than one that takes nothing for zero
 */
export function cpuOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // Fields 14 and 15 counted behind the command name, which may hold spaces; 100 ticks a second on Linux.
  const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** Payload of an EVENT message in every benchmark: what the engine writes for `CONTENT_BYTES` of content. */
const MESSAGE_BYTES = 470;

/** EVENT messages of equal length with different ids; ids and signatures are made up. */
export function sampleMessages(count) {
  const sig = randomBytes(64).toString('hex');
  const pubkey = randomBytes(32).toString('hex');
  return Array.from({ length: count }, (_, i) => {
    const id = createHash('sha256').update(`${i} ${sig}`).digest('hex');
    const event = { id, pubkey, created_at: 1_700_000_000 + i, kind: 1, tags: [], content: '', sig };
    const blank = MESSAGE_BYTES - JSON.stringify(['EVENT', event]).length;
    return JSON.stringify(['EVENT', { ...event, content: `benchmark event ${i} `.padEnd(blank, 'lorem ') }]);
  });
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Read a counter and the CPU of this process at the start and at the end of a window, after a warm-up, and
 * print the difference as one JSON line.
 * @param readCount acknowledged events so far
 */
export async function measureWindow({ warmupMs, windowMs }, readCount) {
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  await wait(warmupMs);
  const [count, cpu, started] = [readCount(), process.cpuUsage(), performance.now()];
  await wait(windowMs);
  const used = process.cpuUsage(cpu);
  const acked = readCount() - count;
  const elapsed_ms = performance.now() - started;
  console.log(JSON.stringify({ acked, cpu_us: used.user + used.system, elapsed_ms }));
}

/**
 * Whether figures can be taken as they are, by the strict rule: a gate that holds by bounds makes none of them unbiased.
 * @param reasons why the run is invalid
 * @param doubts why its figures may be too high
 */
export function strictValidity(reasons, doubts) {
  const all = [...reasons, ...doubts.map(({ text }) => text)];
  return { verdict: all.length === 0 ? 'valid' : 'invalid', reasons: all };
}
