// Shared by the benchmarks of the Postgres store: corpora, servers, what a server and its children have computed.

import { execFile } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { register } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { rootPath } from './support.mjs';

register('../test/support/ts-hooks.mjs', import.meta.url);
const { startTestPostgres } = await import('../test/support/postgres.ts');

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 0x0a;
const US_PER_TICK = 10_000;
/** Events that are handed over in one turn of the event loop: they come from sockets, not all at once. */
const TURN = 32;
export const DAY_S = 86_400;
/** Durable; checkpoints do not come in between. */
const SETTINGS = ['fsync=on', 'max_wal_size=8GB', 'checkpoint_timeout=15min'];

/** The folder of a corpus of our own; it is made unless the cache has it. */
export async function corpusDir(profile, events) {
  const args = [rootPath('bin/relay-bench.js'), 'corpus', 'generate', '--profile', profile];
  const { stdout } = await promisify(execFile)(process.execPath, [...args, '--events', String(events)]);
  const dir = /^Corpus (.+)$/m.exec(stdout)?.[1];
  if (dir === undefined) throw new Error('corpus generate did not say where the corpus is');
  return dir;
}

/**
 * The lines of a file; read as they are asked for, and each a text of its own, as what a client sends is: one character
 * outside of ASCII would make a megabyte of text twice as large. `node:readline` reads ahead, and takes longer than storing.
 */
function* linesOf(file) {
  const fd = openSync(file, 'r');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let rest = Buffer.alloc(0);
  try {
    for (let length = readSync(fd, chunk); length > 0; length = readSync(fd, chunk)) {
      const bytes = Buffer.concat([rest, chunk.subarray(0, length)]);
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
        yield bytes.toString('utf8', start, end);
        start = end + 1;
      }
      rest = bytes.subarray(start);
    }
  } finally {
    closeSync(fd);
  }
}

/** The events of a corpus that a relay stores, at most `max`, with the lines that they stand on. */
export function* readCorpus(dir, max) {
  let count = 0;
  for (const line of linesOf(`${dir}/events.jsonl`)) {
    const event = JSON.parse(line);
    if (event.kind >= 20_000 && event.kind < 30_000) continue;
    yield { event, line };
    if (++count >= max) return;
  }
}

/** A primary and its streaming replicas; `stop` ends all. */
export async function startServers(replicaCount, settings) {
  const primary = await startTestPostgres([...SETTINGS, ...settings]);
  const replicas = [];
  const stop = async () => {
    for (const server of [...replicas, primary]) await server.stop();
  };
  try {
    for (let i = 0; i < replicaCount; i++) replicas.push(await primary.addReplica());
  } catch (error) {
    await stop();
    throw error;
  }
  return { primary, replicas, stop };
}

/** CPU time of a Postgres server so far, in µs: of itself, of its children, and of those that have ended. */
export function cpuOfServer(pid) {
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    const fields = /^\d+$/.test(name) ? statOf(name) : null;
    if (fields === null || (name !== String(pid) && fields[1] !== String(pid))) continue;
    // utime and stime; of the server itself also those of children that it has waited for.
    const times = name === String(pid) ? fields.slice(11, 15) : fields.slice(11, 13);
    for (const time of times) ticks += Number(time);
  }
  return ticks * US_PER_TICK;
}

/** What /proc tells of a process, behind its name: state, parent, …; null where it has ended. */
function statOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error;
    return null;
  }
}

/** Gives `add` the events of a corpus, at most `inFlight` unanswered at a time; resolves when all are answered. */
export async function addAll(events, add, inFlight) {
  let open = 0;
  let added = 0;
  let failure = null;
  /** @type {(nothing?: undefined) => void} */
  let wake = () => undefined;
  const until = async (most) => {
    while (open > most && failure === null) {
      await new Promise((resolve) => {
        wake = resolve;
      });
    }
    if (failure !== null) throw failure;
  };
  const settled = (error) => {
    open--;
    failure ??= error;
    wake();
  };
  for (const item of events) {
    open++;
    add(item).then(() => settled(null), settled);
    if (open >= inFlight) await until(inFlight - 1);
    if (++added % TURN === 0) await setImmediate();
  }
  await until(0);
}
