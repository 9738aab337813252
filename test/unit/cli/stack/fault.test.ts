import { describe, expect, test } from 'vitest';
import { main } from '../../../../src/cli/main.ts';
import { type StackState, writeState } from '../../../../src/stack/state.ts';
import { eventuallyPasses } from '../../../support/eventually.ts';
import { FakeProcess } from '../../../support/fake-process.ts';
import { sampleStack } from '../../../support/sample-stack.ts';
import { tempDir } from '../../../support/temp-dir.ts';

async function fault(...args: string[]) {
  const process = new FakeProcess(['stack', 'fault', ...args]);
  const code = await main(process);
  return { code, stdout: process.stdout.text, stderr: process.stderr.text };
}

/** The directory of a stack of which no process is left. */
async function deadStack(phase: StackState['phase'] = 'up'): Promise<string> {
  const dir = await tempDir();
  await writeState({ ...(await sampleStack('single', { dir })), phase });
  return dir;
}

describe('stack fault refuses, before it looks for a stack,', () => {
  test.each([
    ['an action that does not exist, with the nearest', ['kil', 'relay/1'], 'no action "kil"', 'kill'],
    ['a part that does not exist', ['kill', 'rely/1'], 'is no part that a fault can happen to', 'relay'],
    ['a number where there is one of it', ['kill', 'primary/2'], 'there is one primary', 'write primary'],
    ['a part that the action does not fit', ['flush', 'relay/1'], 'the service is relay/1', 'only cache'],
    ['a time for what is over at once', ['thaw', 'relay/1', '--for', '5s'], '--for has no meaning', 'thaw'],
    ['an action without what it needs', ['delay', 'relay/1'], 'the action is delay', 'latency'],
    ['a setting of another action', ['kill', 'relay/1', '--how', 'hold'], '--how has no meaning', 'kill'],
    [
      'a link that the part does not have',
      ['partition', 'pubsub', '--link', 'postgres'],
      '--link is postgres',
      'redis',
    ],
    [
      'a rate without a unit',
      ['throttle', 'relay/1', '--bandwidth', '64'],
      '--bandwidth 64 is not a size with a unit',
      '64KB/s',
    ],
    ['a rate of nothing', ['throttle', 'relay/1', '--bandwidth', '0KB/s'], '--bandwidth 0KB/s', '1MB/s'],
    ['a size without a unit', ['fill-disk', 'primary', '--most', 'all'], '--most all', '512MB or 2GB'],
  ])('%s', async (_, args, message, advice) => {
    const { code, stdout, stderr } = await fault(...args, '--dir', await tempDir());
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).toContain(advice);
    expect(stderr).toContain('stack fault --help');
  });
});

describe('stack fault of a stack', () => {
  test('that is not there says how to start one', async () => {
    const dir = await tempDir();
    const { code, stderr } = await fault('throttle', 'relay/1', '--bandwidth', '64KB/s', '--dir', dir);
    expect(code).toBe(3);
    expect(stderr).toContain(`there is no stack in ${dir}`);
  });

  test('that was stopped and kept says that it is not up', async () => {
    const dir = await deadStack('kept');
    const { code, stderr } = await fault('fill-disk', 'primary', '--most', '1MB', '--dir', dir);
    expect(code).toBe(3);
    expect(stderr).toContain(`the stack in ${dir} is not up`);
  });

  test('that lacks the part says what it has', async () => {
    const { code, stderr } = await fault('kill', 'relay/7', '--dir', await deadStack());
    expect(code).toBe(2);
    expect(stderr).toContain('the part is relay/7, but the stack has one relay');
  });

  test('without a proxy in its links says that it can’t delay them', async () => {
    const args = ['delay', 'relay/1', '--latency', '50ms', '--dir', await deadStack()];
    const process = new FakeProcess(['stack', 'fault', ...args]);
    expect(await main(process)).toBe(3);
    expect(process.stderr.text).toContain('--faultable');
    expect(process.eventNames()).toEqual([]);
  });
});

describe('stack fault of processes that have ended', () => {
  test('finds the part dead already, and is over at once', async () => {
    expect(await fault('kill', 'relay/1', '--dir', await deadStack())).toEqual({
      code: 0,
      stdout: 'kill relay-1: done (already dead: relay-1)\n',
      stderr: '',
    });
  });

  test('has nothing to thaw', async () => {
    const { code, stdout } = await fault('thaw', 'relay', '--dir', await deadStack());
    expect(code).toBe(0);
    expect(stdout).toBe('thaw relay-1: done (it had no process to thaw)\n');
  });

  test('leaves a freeze without a time, and says how it is undone', async () => {
    const { code, stdout } = await fault('freeze', 'relay/1', '--dir', await deadStack());
    expect(code).toBe(0);
    expect(stdout).toContain('freeze relay-1: done (it had no process to freeze)\n');
    expect(stdout).toContain('until: relay-bench stack fault thaw relay/1\n');
  });
});

describe('stack fault for a time', () => {
  test('ends by itself when it is over', async () => {
    const { code, stdout } = await fault('kill', 'relay/1', '--for', '30ms', '--dir', await deadStack());
    expect(code).toBe(0);
    expect(stdout).toContain('kill relay-1');
    expect(stdout).toMatch(/\nover after 30\.0 ms\n$/);
  });

  test('ends early with Ctrl-C, and does not claim the whole time', async () => {
    const dir = await deadStack();
    const process = new FakeProcess(['stack', 'fault', 'kill', 'relay/1', '--for', '10m', '--dir', dir]);
    const ended = main(process);
    await eventuallyPasses(() => expect(process.stdout.text).toContain('done'));
    process.kill('SIGINT');
    expect(await ended).toBe(0);
    expect(process.stdout.text).toMatch(/\nover\n$/);
  });
});
