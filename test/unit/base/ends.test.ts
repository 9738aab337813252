import { spawn } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { endOfProcess, onThreadLoss } from '../../../src/base/ends.ts';

describe('the end of a process', () => {
  test('is its exit code', async () => {
    expect(await endOfProcess(spawn('/bin/sh', ['-c', 'exit 3']))).toBe('exit code 3');
  });

  test('is the signal that ended it', async () => {
    expect(await endOfProcess(spawn('/bin/sh', ['-c', 'kill -9 $$']))).toBe('SIGKILL');
  });

  test('comes too where the process never began', async () => {
    const end = await endOfProcess(spawn('/no/such/program'));
    expect(end).toMatch(/^it could not be started: .*ENOENT/);
  });
});

describe('the loss of a thread', () => {
  test('is told once where it throws', async () => {
    const thread = new Worker('throw new Error("broken")', { eval: true });
    const losses: string[] = [];
    onThreadLoss(thread, ({ message }) => losses.push(message));
    await new Promise((resolve) => thread.on('exit', resolve));
    expect(losses).toEqual(['broken']);
  });

  test('is told where it ends without an error', async () => {
    const thread = new Worker('process.exit(4)', { eval: true });
    const loss = await new Promise<Error>((resolve) => onThreadLoss(thread, resolve));
    expect(loss.message).toBe('a thread ended with code 4');
  });

  test('is none where it was ended on purpose', async () => {
    const thread = new Worker('setInterval(() => {}, 1000)', { eval: true });
    const losses: Error[] = [];
    const unwatch = onThreadLoss(thread, (error) => losses.push(error));
    unwatch();
    await thread.terminate();
    expect(losses).toEqual([]);
  });
});
