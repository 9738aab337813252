import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { pid } from 'node:process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { observedProcesses, requireHere } from '../../../../src/cli/run/observed-process.ts';
import { relayFlag } from '../../../../src/cli/run/relay-flag.ts';
import { sampleProcesses } from '../../../../src/observe/sample-processes.ts';
import { eventually } from '../../../support/eventually.ts';

const RELAY = relayFlag('ws://127.0.0.1:7777');
/** Beyond what any system gives a process. */
const NOBODY = 2 ** 30;

async function child(command: string): Promise<number> {
  const started = spawn('/bin/sh', ['-c', command], { stdio: 'ignore', detached: true });
  await once(started, 'spawn');
  const group = started.pid ?? 0;
  onTestFinished(() => {
    try {
      process.kill(-group, 'SIGKILL');
    } catch (error) {
      // It has ended with its test.
      expect(error).toMatchObject({ code: 'ESRCH' });
    }
  });
  return group;
}

describe('the processes of a relay that runs already', () => {
  test('are none where none is named', () => {
    expect(observedProcesses({ relay: [RELAY] })).toEqual({ processes: [], caveats: [] });
  });

  test('are called by the name of the one relay, where it has one', () => {
    const relay = [relayFlag('mine=ws://127.0.0.1:7777')];
    const { processes, caveats } = observedProcesses({ process: [pid], relay });
    expect(processes.map((each) => [each.name, each.pid])).toEqual([['mine', pid]]);
    expect(caveats).toEqual([]);
  });

  test('are called by what the kernel calls them, and each once', () => {
    const { processes } = observedProcesses({ process: [pid, pid], relay: [RELAY] });
    expect(processes.map(({ name }) => name)).toEqual([
      expect.stringMatching(new RegExp(`^.+ \\(${pid}\\)$`)),
    ]);
  });

  test('are sampled with their children', async () => {
    const leader = await child('sleep 60 & sleep 61 & wait');
    const { processes } = observedProcesses({ process: [leader], relay: [RELAY] });
    await eventually('it has its children', () => processes[0]?.familyNow?.().length === 3);
    const sampler = sampleProcesses(processes);
    sampler.start();
    const [component] = sampler.stop().components;
    expect(component?.samples?.[0]?.rss_bytes).toBeGreaterThan(0);
  });

  test('are gone when they have ended, whoever has their number then', async () => {
    const leader = await child('sleep 60');
    const { processes } = observedProcesses({ process: [leader], relay: [RELAY] });
    process.kill(-leader, 'SIGKILL');
    await eventually('it has gone', () => processes[0]?.familyNow?.().length === 0);
  });

  test('are refused where there is none of that number', () => {
    expect(() => observedProcesses({ process: [NOBODY], relay: [RELAY] })).toThrow(
      expect.objectContaining({ code: 'PROCESS_NOT_FOUND', exitCode: 2 }),
    );
  });

  test.each([
    ['no relay is named', undefined],
    ['the run starts the relay', [relayFlag('mine=./relay {port}')]],
  ])('are refused where %s', (_, relay) => {
    const flags = relay === undefined ? { process: [pid] } : { process: [pid], relay };
    expect(() => observedProcesses(flags)).toThrow(
      expect.objectContaining({ code: 'PROCESS_NEEDS_RELAY', exitCode: 2 }),
    );
  });

  test('are on the machine of the relay', () => {
    const observed = observedProcesses({ process: [pid], relay: [RELAY] });
    const at = (address: string) => [
      { url: RELAY.url ?? '', host: 'x', addresses: [address], problem: null },
    ];
    expect(() => requireHere(observed, at('127.0.0.1'))).not.toThrow();
    expect(() => requireHere(observed, at('192.0.2.1'))).toThrow(
      expect.objectContaining({ code: 'PROCESS_ELSEWHERE' }),
    );
    expect(() => requireHere({ processes: [], caveats: [] }, at('192.0.2.1'))).not.toThrow();
  });
});
