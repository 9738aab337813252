import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../../../src/cli/main.ts';
import { startList } from '../../../../src/cli/stack/start-list.ts';
import type { StartStep } from '../../../../src/stack/lifecycle/start-all.ts';
import { logOf, type StackState, writeState } from '../../../../src/stack/state.ts';
import { eventuallyPasses } from '../../../support/eventually.ts';
import { FakeProcess } from '../../../support/fake-process.ts';
import { sampleStack } from '../../../support/sample-stack.ts';
import { tempDir } from '../../../support/temp-dir.ts';

async function cli(...args: string[]) {
  const process = new FakeProcess(args);
  const code = await main(process);
  return { code, stdout: process.stdout.text, stderr: process.stderr.text };
}

/** The directory of a stack that was started once; nothing of it runs, its logs hold what is given. */
async function stoppedStack(logs: Readonly<Record<string, string>> = {}): Promise<StackState> {
  const state: StackState = {
    ...(await sampleStack('single', { dir: await tempDir() })),
    phase: 'up',
  };
  await writeState(state);
  for (const service of state.services) {
    await mkdir(dirname(logOf(service)), { recursive: true });
    await writeFile(logOf(service), logs[service.name] ?? '');
  }
  return state;
}

describe('a command about a stack', () => {
  test.each(['status', 'logs', 'explain'])('%s says where there is none', async (name) => {
    const dir = await tempDir();
    const { code, stderr } = await cli('stack', name, '--dir', dir);
    expect(code).toBe(3);
    expect(stderr).toContain(`there is no stack in ${dir}`);
    expect(stderr).toContain('relay-bench stack up');
  });

  test('down of a directory that holds none changes nothing', async () => {
    const dir = await tempDir();
    await writeFile(join(dir, 'thesis.txt'), 'precious');
    expect(await cli('stack', 'down', '--dir', dir)).toMatchObject({ code: 0 });
  });
});

describe('stack up', () => {
  test('--observe of a stack that runs without Prometheus says how to get one with it', async () => {
    const { dir } = await stoppedStack();
    const { code, stderr } = await cli('stack', 'up', 'single', '--observe', '--dir', dir);
    expect(code).toBe(3);
    expect(stderr).toContain(`the stack in ${dir} was started without Prometheus`);
    expect(stderr).toContain('stack up --observe');
  });
});

describe('stack status', () => {
  test('ends with 3 where nothing runs, as text and as JSON', async () => {
    const { dir, services } = await stoppedStack();
    const text = await cli('stack', 'status', '--dir', dir);
    expect(text.code).toBe(3);
    for (const { name } of services) expect(text.stdout).toContain(name);
    const json = await cli('stack', 'status', '--json', '--dir', dir);
    expect(json.code).toBe(3);
    const status = JSON.parse(json.stdout) as { services: { name: string; problem: string | null }[] };
    expect(status.services.map(({ name }) => name)).toEqual(services.map(({ name }) => name));
    expect(status.services.filter(({ problem }) => problem === null)).toEqual([]);
  });

  test('with --watch prints again until a signal ends it, which is no failure', async () => {
    const { dir } = await stoppedStack();
    const process = new FakeProcess(['stack', 'status', '--json', '--watch', '--dir', dir]);
    const ended = main(process);
    await eventuallyPasses(() => expect(process.stdout.text.split('\n').length).toBeGreaterThan(2));
    process.kill('SIGINT');
    expect(await ended).toBe(0);
  });
});

describe('stack logs', () => {
  const LOGS = { 'relay-1': 'one\ntwo\nhalf a li', 'postgres-1': 'ready\n' };

  test('of one service are its complete lines as they stand', async () => {
    const { dir } = await stoppedStack(LOGS);
    expect(await cli('stack', 'logs', 'relay-1', '--dir', dir)).toEqual({
      code: 0,
      stdout: 'one\ntwo\n',
      stderr: '',
    });
  });

  test('of all services name whose each line is', async () => {
    const { dir } = await stoppedStack(LOGS);
    const { stdout } = await cli('stack', 'logs', '--dir', dir);
    expect(stdout.trim().split('\n').sort()).toEqual([
      'postgres-1   ready',
      'relay-1      one',
      'relay-1      two',
    ]);
  });

  test('show control characters instead of carrying them out', async () => {
    const { dir } = await stoppedStack({ 'relay-1': '\u001b[2Jgone\n' });
    const { stdout } = await cli('stack', 'logs', 'relay-1', '--dir', dir);
    expect(stdout).toContain('gone');
    expect(stdout).not.toContain('\u001b');
  });

  test('of a service that does not exist are refused with the nearest name', async () => {
    const { dir } = await stoppedStack();
    const { code, stderr } = await cli('stack', 'logs', 'relay-l', '--dir', dir);
    expect(code).toBe(2);
    expect(stderr).toContain('the stack has no service "relay-l"');
    expect(stderr).toContain('relay-1');
  });

  test('with --follow go on with what is written later, until a signal', async () => {
    const state = await stoppedStack(LOGS);
    const process = new FakeProcess(['stack', 'logs', 'relay-1', '--follow', '--dir', state.dir]);
    const ended = main(process);
    await eventuallyPasses(() => expect(process.stdout.text).toBe('one\ntwo\n'));
    const relay = state.services.find(({ name }) => name === 'relay-1');
    if (relay === undefined) throw new Error('no relay');
    await appendFile(logOf(relay), 'ne\nthree\n');
    await eventuallyPasses(() => expect(process.stdout.text).toBe('one\ntwo\nhalf a line\nthree\n'));
    process.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});

describe('the list of a start', () => {
  const STEPS: readonly Pick<StartStep, 'status' | 'elapsedMs'>[] = [
    { status: 'waiting', elapsedMs: 0 },
    { status: 'starting', elapsedMs: 0 },
    { status: 'ready', elapsedMs: 1_540 },
  ];
  const shown = (process: FakeProcess): string => {
    const show = startList({ io: process, colourFlag: () => undefined } as never);
    for (const name of ['postgres-1', 'relay-1']) {
      for (const step of STEPS) show({ ...step, service: { name, role: 'a role' } } as StartStep);
    }
    return process.stderr.text;
  };

  test('is a line for each service that is ready, where nobody looks on', () => {
    expect(shown(new FakeProcess())).toBe(
      '✓ postgres-1    a role                  1.54 s\n✓ relay-1       a role                  1.54 s\n',
    );
  });

  test('is drawn over itself on a terminal', () => {
    const process = new FakeProcess([], { TERM: 'xterm' });
    process.stderr.isTTY = true;
    const text = shown(process);
    const last = text.slice(text.lastIndexOf('\u001b[0J'));
    // Back over what was drawn: one line, and two as soon as there are two.
    expect(['\u001b[1A', '\u001b[2A'].map((back) => text.split(back).length - 1)).toEqual([3, 2]);
    expect(last).toContain('postgres-1');
    expect(last).toContain('relay-1');
  });
});
