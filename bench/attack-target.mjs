// What is attacked: the reference relay alone, and the scaled stack, each started for it.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { findProcess } from '../dist/stack/processes.js';
import { entryOf, readState, servicesOfKind } from '../dist/stack/state.js';
import { rootPath, stopChild } from './support.mjs';

const run = promisify(execFile);
const SAMPLE_MS = 200;
const MIB = 1_024;
/** So that the attack fits into the descriptors of one process; a stack that others can reach would have less. */
const PER_ADDRESS = '2000';

export const TARGETS = { relay: startRelay, stack: startStack };

async function startRelay() {
  const child = spawn(process.execPath, [rootPath('dist/relay/main.js'), '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return {
    name: 'relay',
    doServersStandBack: false,
    url: JSON.parse(line).url,
    dir: null,
    watchMemory: () => watchMemory(() => [child.pid]),
    /** Relay processes that have ended since the start. */
    ended: () => (child.exitCode === null && child.signalCode === null ? 0 : 1),
    stop: () => stopChild(child),
  };
}

async function startStack() {
  const parent = mkdtempSync(join(tmpdir(), 'relay-bench-attack-'));
  chmodSync(parent, 0o755);
  const dir = join(parent, 'stack');
  const cli = (...args) =>
    run(process.execPath, [rootPath('bin/relay-bench.js'), 'stack', ...args, '--dir', dir]);
  const stop = async () => {
    await cli('down');
    rmSync(parent, { recursive: true, force: true });
  };
  try {
    await cli('up', 'scaled', '--per-address-connections', PER_ADDRESS);
  } catch (error) {
    await stop();
    throw error;
  }
  const state = readState(dir);
  if (state === null) throw new Error(`there is no stack in ${dir}`);
  const pids = () => servicesOfKind(state, 'relay').map((relay) => findProcess(relay)?.pid);
  const first = pids();
  return {
    name: 'stack',
    doServersStandBack: true,
    url: entryOf(state),
    dir,
    watchMemory: () => watchMemory(pids),
    ended: () => pids().filter((pid, index) => pid !== first[index]).length,
    stop,
  };
}

/** The most that one of the processes has resident, in MiB; `stop` may be called again. */
function watchMemory(pids) {
  let most = 0;
  const look = () => {
    for (const pid of pids()) most = Math.max(most, residentMib(pid));
  };
  look();
  const timer = setInterval(look, SAMPLE_MS);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return most;
    },
  };
}

/** 0 for a process that has ended. */
function residentMib(pid) {
  if (pid === undefined) return 0;
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / MIB;
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error;
    return 0;
  }
}
