import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { inContest } from '../../../src/cli/contest/contest.ts';
import { createIo } from '../../../src/cli/io.ts';
import { inLoadSession, type SessionRequest, type SessionStages } from '../../../src/cli/load-session.ts';
import type { Closing, OpenTarget } from '../../../src/cli/run/open-target.ts';
import { FakeProcess } from '../../support/fake-process.ts';
import { samplePlan } from '../../support/sample-plan.ts';
import { sampleRecord } from '../../support/sample-record.ts';
import { tempDir } from '../../support/temp-dir.ts';

const STAGES: SessionStages = {
  preflight: async () => ({ information: null, reason: 'none' }),
  supply: () => ({ openFiles: null, localPorts: null }),
};
const RELAY = { url: 'ws://127.0.0.1:7/', host: '127.0.0.1', addresses: ['127.0.0.1'], problem: null };

function target(close: OpenTarget['close']): OpenTarget {
  return { kind: 'url', relays: [RELAY], processes: [], close };
}

function hostOf(process: FakeProcess): SessionRequest['host'] {
  return { io: createIo(process), colourFlag: () => undefined, finish: () => undefined };
}

function request(process: FakeProcess, changes: Partial<SessionRequest> = {}): SessionRequest {
  return {
    host: hostOf(process),
    given: [RELAY],
    owned: [],
    demands: [],
    insecure: false,
    onFirst: () => undefined,
    ...changes,
  };
}

/** What follows the first signal sooner is the same request. */
const OTHER_REQUEST_MS = 600;

describe('a session that runs load', () => {
  test('closes its target and watches for signals until it is closed', async () => {
    const process = new FakeProcess();
    const watched: unknown[] = [];
    const close = async (): Promise<void> => {
      await sleep(1);
      watched.push(...process.eventNames());
    };
    const used = await inLoadSession(
      request(process),
      ({ loadTarget }) =>
        loadTarget(
          async () => target(close),
          async () => 'used',
        ),
      STAGES,
    );
    expect(used).toBe('used');
    expect(watched).toContain('SIGINT');
    expect(process.eventNames()).toEqual([]);
  });

  test('gives each of its targets a signal of its own, so that listeners do not pile up', async () => {
    const process = new FakeProcess();
    const signals: AbortSignal[] = [];
    await inLoadSession(
      request(process),
      async ({ interruption, loadTarget }) => {
        const one = (): Promise<void> =>
          loadTarget(
            async ({ signal }) => {
              signals.push(signal);
              return target(async () => undefined);
            },
            async () => undefined,
          );
        await one();
        await one();
        expect(signals).not.toContain(interruption.signal);
        process.kill('SIGINT');
      },
      STAGES,
    );
    expect(new Set(signals).size).toBe(2);
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
  });

  test('closes its target hard where a second signal comes while it is closed', async () => {
    const process = new FakeProcess();
    const closings: Closing[] = [];
    const close = async (how: Closing): Promise<void> => {
      closings.push(how);
      if (how === 'hard') return;
      process.kill('SIGINT');
      await sleep(OTHER_REQUEST_MS);
      process.kill('SIGINT');
      await sleep(50);
    };
    await inLoadSession(
      request(process),
      ({ loadTarget }) =>
        loadTarget(
          async () => target(close),
          async () => null,
        ),
      STAGES,
    );
    expect(closings).toEqual(['orderly', 'hard']);
    expect(process.exits).toEqual([130]);
  });

  test('opens its target with the directory of the command, and with a way to tell the user something', async () => {
    const process = new FakeProcess();
    const found: unknown[] = [];
    await inLoadSession(
      request(process, { directory: '/reports/mine' }),
      ({ loadTarget }) =>
        loadTarget(
          async ({ directory, say }) => {
            found.push(directory);
            say('it takes a while');
            return target(async () => undefined);
          },
          async () => null,
        ),
      STAGES,
    );
    expect(found).toEqual(['/reports/mine']);
    expect(process.stderr.text).toBe('it takes a while\n');
  });

  test('was interrupted, and did not fail, where its target could not be opened after a signal', async () => {
    const process = new FakeProcess();
    const session = inLoadSession(
      request(process),
      ({ loadTarget }) =>
        loadTarget(
          async () => {
            process.kill('SIGTERM');
            throw new Error('it did not start');
          },
          async () => null,
        ),
      STAGES,
    );
    await expect(session).rejects.toMatchObject({ code: 'INTERRUPTED', exitCode: 143 });
  });

  test('opens no further target after a signal', async () => {
    const process = new FakeProcess();
    const opened: string[] = [];
    const session = inLoadSession(
      request(process),
      async ({ loadTarget }) => {
        process.kill('SIGINT');
        return loadTarget(
          async () => {
            opened.push('one');
            return target(async () => undefined);
          },
          async () => null,
        );
      },
      STAGES,
    );
    await expect(session).rejects.toMatchObject({ code: 'INTERRUPTED', exitCode: 130 });
    expect(opened).toEqual([]);
  });
});

describe('a contest', () => {
  const contest = async (supply: SessionStages['supply'], command: string | null) => {
    const opened: string[] = [];
    const contenders = ['base', 'candidate'].map((name) => ({
      name,
      url: command === null ? RELAY.url : null,
      command,
    }));
    const held = inContest(
      {
        host: hostOf(new FakeProcess()),
        kind: 'ab',
        plan: samplePlan({ connections: { count: 1_000 } }, { overrides: { workers: 2 } }),
        contenders,
        out: await tempDir(),
        owned: [],
      },
      ({ runOnce }) => Promise.all(contenders.map(runOnce)),
      {
        ...STAGES,
        supply,
        open: async (relays) => {
          opened.push(...relays.map(({ name }) => name ?? ''));
          return target(async () => undefined);
        },
        measure: async () => sampleRecord('pass'),
      },
    );
    return { opened, outcome: await held.catch((error: unknown) => error) };
  };

  test('starts nothing where this machine can not hold its connections', async () => {
    const { opened, outcome } = await contest(() => ({ openFiles: 300, localPorts: null }), null);
    expect(outcome).toMatchObject({ code: 'LIMIT_TOO_LOW', exitCode: 3 });
    expect(opened).toEqual([]);
  });

  test('counts all connections for a relay that a command starts', async () => {
    const supply = () => ({ openFiles: 1_200, localPorts: null });
    expect((await contest(supply, 'relay {port}')).outcome).toMatchObject({
      code: 'LIMIT_TOO_LOW',
      message: expect.stringContaining('the relay base needs 1256 open files'),
    });
  });

  test('needs local ports for one relay at a time', async () => {
    const supply = () => ({ openFiles: null, localPorts: 1_000 });
    expect((await contest(supply, null)).opened).toEqual(['base', 'candidate']);
  });
});
