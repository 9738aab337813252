import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { RelayBenchError } from '../../../../src/base/errors.ts';
import { createIo } from '../../../../src/cli/io.ts';
import { executeRun, type Stages } from '../../../../src/cli/run/execute-run.ts';
import type { RunFlags } from '../../../../src/cli/run/flags.ts';
import type { NamedRelay } from '../../../../src/cli/run/named-relays.ts';
import type { Observed } from '../../../../src/cli/run/observed-process.ts';
import type { OpenTarget } from '../../../../src/cli/run/open-target.ts';
import { plannedAddresses, preparePlan } from '../../../../src/cli/run/prepare-plan.ts';
import { relayFlag } from '../../../../src/cli/run/relay-flag.ts';
import { readRunRecord } from '../../../../src/record/read.ts';
import { FakeProcess } from '../../../support/fake-process.ts';
import { startHttpReceiver, unusedPort } from '../../../support/http-receiver.ts';
import { sampleRecord } from '../../../support/sample-record.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-run-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

const RELAY = 'ws://127.0.0.1:7777/';

const STARTED: NamedRelay = {
  name: 'mine',
  url: RELAY,
  started: {
    command: './relay {port}',
    readyMs: 12,
    log: 'relay-mine.log',
    dataBytes: async () => null,
    endedBy: () => null,
    said: () => '',
  },
};

/** Stages that reach nothing, with the calls they got in order. */
function fakeStages(changes: Partial<Stages> = {}) {
  const calls: string[] = [];
  const target: OpenTarget = {
    kind: 'embedded',
    relays: [{ url: RELAY, host: '127.0.0.1', addresses: ['127.0.0.1'], problem: null }],
    processes: [],
    close: async () => {
      calls.push('close');
    },
  };
  const stages: Stages = {
    openTarget: async () => {
      calls.push('open');
      return target;
    },
    openRelays: async (relays, { directory }) => {
      calls.push(
        `open ${relays.map(({ name, url }) => name ?? url).join(', ')} in ${basename(directory ?? '')}`,
      );
      return { ...target, kind: 'url', named: [STARTED] };
    },
    openStack: async (profile) => {
      calls.push(`open stack ${profile}`);
      return { ...target, kind: 'stack' };
    },
    preflight: async () => {
      calls.push('preflight');
      return { information: null, reason: 'none' };
    },
    measure: vi.fn(async () => {
      calls.push('measure');
      return sampleRecord('pass');
    }),
    findCalibration: async () => ({ calibration: null, reason: 'none' }),
    supply: () => ({ openFiles: null, localPorts: null }),
    ...changes,
  };
  return { stages, calls };
}

/** Runs `quick` unless told otherwise; the outcome is the exit code or what was thrown. */
async function run(
  stages: Stages,
  changes: Partial<RunFlags> & { readonly observed?: Observed } = {},
  process = new FakeProcess(),
  scenario = 'quick',
) {
  const out = join(directory, 'out');
  const { observed, ...given } = changes;
  const flags: RunFlags = { defaultGates: true, progress: 'plain', out, ...given };
  const host = { io: createIo(process), colourFlag: () => undefined, finish: () => undefined };
  const plan = await preparePlan(scenario, { ...flags, relay: plannedAddresses(flags) });
  const request = { host, plan, flags, ...(observed === undefined ? {} : { observed }) };
  const outcome: unknown = await executeRun(request, stages).catch((error: unknown) => error);
  return { process, outcome };
}

describe('run', () => {
  test('says beforehand which NIP the relay does not list', async () => {
    const information = { supported_nips: [1, 11] };
    const { stages } = fakeStages({ preflight: async () => ({ information, reason: null }) });
    const { process } = await run(stages, {}, new FakeProcess(), 'sync');
    expect(process.stderr.text).toContain('the relay does not list NIP-77, which sync needs');
    const quiet = await run(stages, { progress: 'none' }, new FakeProcess(), 'sync');
    expect(quiet.process.stderr.text).not.toContain('NIP-77');
  });

  test('goes through its stages in order, writes its files and stops what it started', async () => {
    const { stages, calls } = fakeStages();
    const { process, outcome } = await run(stages);
    expect(outcome).toBe(0);
    expect(calls).toEqual(['open', 'preflight', 'measure', 'close']);
    const files = await readdir(join(directory, 'out'));
    expect(files.sort()).toEqual(['histograms.hlog', 'junit.xml', 'report.html', 'run.json', 'summary.md']);
    expect(process.stdout.text).toContain('PASS');
    expect(process.eventNames()).toEqual([]);
  });

  test('the address of the embedded relay replaces its placeholder in the plan', async () => {
    const { stages } = fakeStages();
    await run(stages);
    expect(vi.mocked(stages.measure).mock.calls[0]?.[0].plan.targets).toEqual([RELAY]);
  });

  test('with json stdout is the content of run.json', async () => {
    const { process } = await run(fakeStages().stages, { format: ['json'] });
    expect(process.stdout.text).toBe(await readFile(join(directory, 'out/run.json'), 'utf8'));
  });

  test('the exit code is that of the record', async () => {
    const { stages } = fakeStages({ measure: async () => sampleRecord('fail') });
    expect((await run(stages)).outcome).toBe(99);
  });

  test('relays that are named are opened, their logs in the directory of the run and among its files', async () => {
    const { stages, calls } = fakeStages();
    const { process } = await run(stages, { relay: [relayFlag('mine=./relay {port}')] });
    expect(calls).toEqual(['open mine in out', 'preflight', 'measure', 'close']);
    expect(process.stdout.text).toContain(join(directory, 'out/relay-mine.log'));
  });

  test('a process that was named is sampled with the relay, and what can not be read of it is known', async () => {
    const { stages } = fakeStages();
    const watched = { name: 'mine', role: 'running relay', pid: 42 };
    const observed = { processes: [watched], caveats: ['nothing of mine can be read'] };
    const relay = [relayFlag(RELAY)];
    await run(stages, { relay, observed });
    expect(vi.mocked(stages.measure).mock.calls[0]?.[0].target).toMatchObject({
      processes: [watched],
      caveats: observed.caveats,
    });
  });

  test('a process of this machine is no relay on another one', async () => {
    const { stages, calls } = fakeStages();
    const observed = { processes: [{ name: 'mine', role: 'relay', pid: 42 }], caveats: [] };
    const relay = [relayFlag('ws://192.0.2.1/')];
    const { outcome } = await run(stages, { relay, iOwnThisRelay: ['192.0.2.1'], observed });
    expect(outcome).toMatchObject({ code: 'PROCESS_ELSEWHERE', exitCode: 2 });
    expect(calls).toEqual([]);
  });

  test('nothing is opened without consent', async () => {
    const { stages, calls } = fakeStages();
    const { outcome } = await run(stages, { relay: [relayFlag('ws://192.0.2.1/')] });
    expect(outcome).toMatchObject({ code: 'CONSENT_REQUIRED', exitCode: 2 });
    expect(calls).toEqual([]);
  });

  test('nothing is opened where this machine can not hold the connections', async () => {
    const { stages, calls } = fakeStages({ supply: () => ({ openFiles: 300, localPorts: null }) });
    expect((await run(stages)).outcome).toMatchObject({ code: 'LIMIT_TOO_LOW', exitCode: 3 });
    expect(calls).toEqual([]);
  });

  test('loopback has source addresses enough for more connections than one has ports', async () => {
    const { stages, calls } = fakeStages({ supply: () => ({ openFiles: null, localPorts: 28_232 }) });
    expect((await run(stages, { connections: 100_000 })).outcome).toBe(0);
    expect(calls).toContain('measure');
  });

  test('a preflight that fails stops the relay and leaves no empty directory', async () => {
    const failure = new RelayBenchError('silent', { code: 'TARGET_UNREACHABLE', exitCode: 3 });
    const { stages, calls } = fakeStages({ preflight: () => Promise.reject(failure) });
    const { outcome, process } = await run(stages);
    expect(outcome).toBe(failure);
    expect(calls).toEqual(['open', 'close']);
    expect(await readdir(directory)).toEqual([]);
    expect(process.eventNames()).toEqual([]);
  });

  test('a run that never began leaves no files of the one before', async () => {
    const failure = new RelayBenchError('silent', { code: 'TARGET_UNREACHABLE', exitCode: 3 });
    await mkdir(join(directory, 'out'));
    await writeFile(join(directory, 'out/run.json'), '{}');
    await writeFile(join(directory, 'out/junit.xml'), '<testsuites/>');
    await run(fakeStages({ preflight: () => Promise.reject(failure) }).stages);
    expect(await readdir(join(directory, 'out'))).toEqual([]);
  });

  test('a signal before the load ends with its exit code and measures nothing', async () => {
    const { stages, calls } = fakeStages();
    const process = new FakeProcess();
    const preflight: Stages['preflight'] = async (...asked) => {
      process.kill('SIGTERM');
      return stages.preflight(...asked);
    };
    const { outcome } = await run({ ...stages, preflight }, {}, process);
    expect(outcome).toMatchObject({ code: 'INTERRUPTED', exitCode: 143 });
    expect(calls).toEqual(['open', 'preflight', 'close']);
  });

  test('a signal during the load reaches the engine, and the partial record is written', async () => {
    const process = new FakeProcess();
    const measure: Stages['measure'] = async ({ signal }) => {
      process.kill('SIGINT');
      expect(signal.reason).toBe('SIGINT');
      return sampleRecord('partial');
    };
    const { outcome } = await run(fakeStages({ measure }).stages, {}, process);
    expect(outcome).toBe(130);
    expect(process.stderr.text).toContain('SIGINT: stopping');
    const record = JSON.parse(await readFile(join(directory, 'out/run.json'), 'utf8'));
    expect(record).toMatchObject({ partial: true });
  });

  test('an exception that nobody catches ends the run with its record, the bug on stderr and exit 1', async () => {
    const process = new FakeProcess();
    const measure: Stages['measure'] = async ({ signal }) => {
      process.emit('uncaughtException', new TypeError('x is not a function'));
      process.emit('uncaughtException', new TypeError('x is not a function'));
      expect(signal.reason).toBe('crash');
      return sampleRecord('pass');
    };
    const { outcome } = await run(fakeStages({ measure }).stages, {}, process);
    expect(outcome).toBe(1);
    expect(process.stderr.text.match(/this is a bug in relay-bench/g)).toHaveLength(1);
    const record = await readRunRecord(join(directory, 'out/run.json'));
    expect(record).toMatchObject({ partial: true, exitCode: 1, verdict: 'invalid' });
    expect(record.validity.reasons[0]).toContain('relay-bench itself failed');
    expect(record.validity.owners[0]).toBe('generator');
    expect(process.eventNames()).toEqual([]);
  });

  test('a report that can not be written changes exit 0, not the run', async () => {
    const { stages } = fakeStages({
      measure: async () => {
        await mkdir(join(directory, 'out/summary.md'), { recursive: true });
        return sampleRecord('pass');
      },
    });
    const { outcome, process } = await run(stages);
    expect(outcome).toBe(2);
    expect(process.stderr.text).toMatch(/reporter .*summary\.md failed/);
    expect(process.stdout.text).toContain('PASS');
  });

  test('the record is there while the audit goes on, and again with its result', async () => {
    const path = join(directory, 'out/run.json');
    const measure: Stages['measure'] = async ({ onMeasured }) => {
      await onMeasured?.(sampleRecord('fail'));
      expect((await readRunRecord(path)).verdict).toBe('fail');
      return sampleRecord('pass');
    };
    expect((await run(fakeStages({ measure }).stages)).outcome).toBe(0);
    expect((await readRunRecord(path)).verdict).toBe('pass');
  });

  test('a record that can not be written at first is written at last', async () => {
    const path = join(directory, 'out/run.json');
    const measure: Stages['measure'] = async ({ onMeasured }) => {
      await mkdir(join(path, 'in the way'), { recursive: true });
      await onMeasured?.(sampleRecord('pass'));
      await rm(path, { recursive: true });
      return sampleRecord('pass');
    };
    const { outcome, process } = await run(fakeStages({ measure }).stages);
    expect(outcome).toBe(0);
    expect(process.stderr.text).toMatch(/run\.json can't be written: .*; trying again at the end/);
    expect((await readRunRecord(path)).verdict).toBe('pass');
  });

  test('a record that can not be written is shown all the same, and the command fails', async () => {
    const measure: Stages['measure'] = async () => {
      await mkdir(join(directory, 'out/run.json/in the way'), { recursive: true });
      return sampleRecord('pass');
    };
    const { outcome, process } = await run(fakeStages({ measure }).stages);
    expect(outcome).toMatchObject({ code: 'FILE_NOT_WRITTEN' });
    expect(process.stdout.text).toContain('PASS');
  });

  test('an address for metrics that is taken ends it before anything is opened', async () => {
    const taken = await startHttpReceiver();
    onTestFinished(() => taken.stop());
    const port = Number(new URL(taken.url).port);
    const { stages, calls } = fakeStages();
    const { outcome } = await run(stages, { metricsListen: { host: '127.0.0.1', port } });
    expect(outcome).toMatchObject({ code: 'METRICS_LISTEN_FAILED', exitCode: 2 });
    expect(calls).toEqual([]);
    expect(await readdir(directory)).toEqual([]);
  });

  test('a push gateway that is away changes no exit code and is a caveat of the record', async () => {
    const { stages } = fakeStages();
    const pushgateway = `http://127.0.0.1:${await unusedPort()}`;
    const { outcome, process } = await run(stages, { pushgateway });
    expect(outcome).toBe(0);
    expect(process.stderr.text).toContain('does not take metrics');
    const { caveats } = await readRunRecord(join(directory, 'out/run.json'));
    expect(caveats.at(-1)).toMatch(/^push gateway http:.* did not take 1 of 1 pushes: /);
  });

  test('a signal ends the wait for the last scrape', async () => {
    const process = new FakeProcess();
    const measure: Stages['measure'] = async ({ onProgress }) => {
      onProgress({ type: 'finished' });
      setTimeout(() => process.kill('SIGINT'), 50);
      return sampleRecord('pass');
    };
    const metricsListen = { host: '127.0.0.1', port: 0 };
    const { outcome } = await run(fakeStages({ measure }).stages, { metricsListen }, process);
    expect(outcome).toBe(0);
  });
});
