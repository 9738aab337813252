import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { keepToOthers, pinWorkers } from '../../../src/engine/pin.ts';
import { allowedCores } from '../../../src/observe/cores.ts';

const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
});

/** A program of Node.js that runs, with all its threads. */
async function startProgram(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'console.log("up"); setInterval(() => {}, 1000)'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}

/** The cores of each thread, by its number. */
function coresOf(pid: number): Map<number, string | undefined> {
  const read = (thread: string): string => readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
  const list = (status: string): string | undefined => /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1];
  return new Map(readdirSync(`/proc/${pid}/task`).map((thread) => [Number(thread), list(read(thread))]));
}

describe('pinWorkers', () => {
  const cores = allowedCores() ?? [];

  it.runIf(cores.length >= 2)(
    'gives the event loop its core and keeps every other thread off it',
    async () => {
      const [first = 0, second = 1] = cores;
      const pid = await startProgram();
      await pinWorkers([pid], { workers: [second], others: [first] });
      const threads = coresOf(pid);
      expect(threads.get(pid)).toBe(String(second));
      threads.delete(pid);
      expect(threads.size).toBeGreaterThan(0);
      expect(new Set(threads.values())).toEqual(new Set([String(first)]));
    },
  );

  it('asks for each worker in its turn: all threads to the rest, then the first one to its core', async () => {
    const asked: string[] = [];
    const placement = { workers: [2, 3], others: [0, 1] };
    await pinWorkers([70, 80], placement, async (program, args) => asked.push([program, ...args].join(' ')));
    expect(asked.filter((command) => command.endsWith(' 70'))).toEqual([
      'taskset -a -p -c 0,1 70',
      'taskset -p -c 2 70',
    ]);
    expect(asked.filter((command) => command.endsWith(' 80'))).toEqual([
      'taskset -a -p -c 0,1 80',
      'taskset -p -c 3 80',
    ]);
  });

  it('says in one line why it can not, and what to do', async () => {
    const fail = async (): Promise<never> => {
      throw new Error('spawn taskset ENOENT\nsecond line');
    };
    await expect(pinWorkers([70], { workers: [1], others: [0] }, fail)).rejects.toMatchObject({
      code: 'CANNOT_PIN',
      message: 'process 70 could not be given its cores: spawn taskset ENOENT',
      hint: expect.stringContaining('leave it out'),
    });
  });
});

it('keepToOthers keeps this process, all of it, off the cores of the workers', async () => {
  const asked: (readonly string[])[] = [];
  await keepToOthers({ workers: [3], others: [0, 1, 2] }, async (_program, args) => asked.push(args));
  expect(asked).toEqual([['-a', '-p', '-c', '0,1,2', String(process.pid)]]);
});
