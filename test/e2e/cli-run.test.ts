import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allowedCores } from '../../src/observe/cores.ts';
import { readRunRecord } from '../../src/record/read.ts';
import type { RunRecord } from '../../src/record/schema.ts';
import { childrenOf } from '../support/children.ts';
import { eventuallyPasses } from '../support/eventually.ts';
import { type CliOptions, type RunningCli, runCli, startCli } from '../support/run-cli.ts';

// The built program from end to end: it starts the embedded relay, loads it, writes its record and leaves
// nothing running. How fast the relay is and whether a busy machine makes the run invalid is not asserted.

let directory = '';
let runs = 0;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-e2e-'));
  await writeFile(join(directory, 'small.yaml'), SCENARIO);
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

const SCENARIO = `
name: small
description: 20 events a second for 2 seconds.
connections: { count: 8 }
workloads: { publish: { rate: 20/s } }
warmup: 500ms
phases: [{ name: steady, duration: 2s }]
`;

/** A \`run\` of the small scenario. */
const small = (...args: string[]): string[] => ['run', join(directory, 'small.yaml'), ...args];

const newOut = (): string => join(directory, `run-${++runs}`);

/** Runs `body` with a started command that is gone afterwards, whatever happens. */
async function withCli<T>(
  args: readonly string[],
  body: (cli: RunningCli) => Promise<T>,
  options: CliOptions = {},
): Promise<T> {
  const cli = startCli(args, options);
  try {
    return await body(cli);
  } finally {
    await cli.stop();
  }
}

/** The process of the embedded relay that a record names. */
const relayPid = (record: RunRecord): number => record.components[0]?.pid ?? 0;

/** Those of the processes whose command line names a program, at least one. */
async function thatRun(program: string, pids: readonly number[]): Promise<number[]> {
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8')));
  const found = pids.filter((_, index) => lines[index]?.includes(program));
  expect(found.length).toBeGreaterThan(0);
  return found;
}

async function expectGone(pid: number): Promise<void> {
  expect(pid).toBeGreaterThan(0);
  await eventuallyPasses(() => expect(() => process.kill(pid, 0)).toThrow(/ESRCH/));
}

describe('a run against the embedded relay', () => {
  let out = '';
  let result: Awaited<ReturnType<typeof runCli>>;
  let record: RunRecord;
  beforeAll(async () => {
    out = newOut();
    const args = small('--out', out, '--format', 'json,md', '--no-default-gates');
    result = await runCli([...args, '--gate', 'events_sent == 40']);
    record = await readRunRecord(join(out, 'run.json'));
  });

  test('writes run.json and summary.md and nothing else', async () => {
    expect((await readdir(out)).sort()).toEqual(['run.json', 'summary.md']);
  });

  test('stdout holds nothing but the JSON of run.json', async () => {
    expect(result.stdout).toBe(await readFile(join(out, 'run.json'), 'utf8'));
  });

  test('progress goes to stderr as plain lines', () => {
    expect(result.stderr).toMatch(/^\[\d+ s\] opening 8 connections$/m);
    expect(result.stderr).not.toContain('\u001b');
  });

  test('the exit code is that of the record, and it was not a failure to run', () => {
    expect(result.exitCode).toBe(record.exitCode);
    expect([0, 103]).toContain(record.exitCode);
  });

  test('offers exactly what was asked for and keeps its books', () => {
    const { counters } = record;
    expect(record.load.offered.events).toBe(40);
    expect(counters.events_sent).toBe(
      counters.events_accepted +
        counters.events_duplicate +
        Object.values(counters.events_rejected).reduce((sum, count) => sum + count, 0) +
        counters.events_timeout +
        counters.events_lost_at_close,
    );
  });

  test('says what the machine and the relay used', () => {
    expect(record.environment).toMatchObject({ sameHostAsTarget: true, os: 'Linux' });
    expect(record.components).toEqual([
      expect.objectContaining({ name: 'relay', cpu_s: expect.any(Number), rssMax_bytes: expect.any(Number) }),
    ]);
    expect(record.target).toMatchObject({ kind: 'embedded', nip11: { name: expect.any(String) } });
  });

  test('the embedded relay is gone afterwards', async () => {
    await expectGone(relayPid(record));
  });

  test('its file can be reported and gated again', async () => {
    const file = join(out, 'run.json');
    expect(JSON.parse((await runCli(['report', file, '--format', 'json'])).stdout)).toEqual(record);
    const gated = await runCli(['gate', file, '--gate', 'events_sent == 41']);
    expect([99, 103]).toContain(gated.exitCode);
    expect(gated.stdout).toMatch(/^fail +events_sent/);
  });
});

test('a gate that can no longer hold ends the run: drained, with a complete record', async () => {
  const out = newOut();
  const scenario = join(directory, 'abort.yaml');
  await writeFile(scenario, `${SCENARIO}abortOnFail: { delay: 500ms, minSamples: 10 }\n`);
  const gates = ['--gate', 'ack_latency p50 < 1us', '--gate', 'ack_latency max < 1us over 1s'];
  const result = await runCli(['run', scenario, '--duration', '5m', '--out', out, ...gates]);
  const record = await readRunRecord(join(out, 'run.json'));
  expect([99, 103]).toContain(result.exitCode);
  expect(record).toMatchObject({ partial: true, exitCode: result.exitCode });
  expect(record.caveats).toContainEqual(
    expect.stringMatching(/^a gate ended the run after \d+ s: ack_latency/),
  );
  expect(record.counters.events_sent).toBe(record.counters.events_accepted);
  expect(record.gates.find(({ expression }) => expression.includes('over 1s'))).toMatchObject({
    verdict: 'fail',
  });
  await expectGone(relayPid(record));
});

describe('a run with --pin', () => {
  const cores = allowedCores() ?? [];
  const own = cores.at(-1) ?? 0;
  const coresOf = async (pid: number): Promise<readonly number[] | null> => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return allowedCores(() => status);
  };

  test.runIf(cores.length >= 2)(
    'gives its worker a core of its own, off which it keeps itself and its relay',
    async () => {
      const out = newOut();
      const args = small('--out', out, '--progress', 'plain', '--workers', '1', '--pin');
      await withCli(args, async (cli) => {
        await cli.until(/load starts/);
        const pid = cli.child.pid ?? 0;
        const children = await childrenOf(pid);
        const [worker = 0] = await thatRun('worker-main.js', children);
        const [relay = 0] = await thatRun('relay/main.js', children);
        expect(await coresOf(worker)).toEqual([own]);
        for (const other of [pid, relay]) expect(await coresOf(other)).toEqual(cores.slice(0, -1));
        await cli.result;
      });
      const { generator } = await readRunRecord(join(out, 'run.json'));
      expect(generator.placement).toEqual({ workers: [own], others: cores.slice(0, -1) });
    },
  );

  test('is refused where there are too few cores, before anything is started', async () => {
    const result = await runCli(small('--pin', '--workers', String(cores.length)));
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    expect(result.stderr).toContain(`--pin needs ${cores.length + 1} cores`);
  });
});

describe('a run that is interrupted', () => {
  const long = (...args: string[]): string[] => small('--duration', '5m', '--progress', 'plain', ...args);

  test('SIGINT drains, writes a partial record and ends with 130', async () => {
    const out = newOut();
    await withCli(long('--out', out), async (cli) => {
      await cli.until(/load starts/);
      cli.child.kill('SIGINT');
      expect(await cli.result).toMatchObject({
        exitCode: 130,
        stderr: expect.stringContaining('SIGINT: stopping'),
      });
    });
    const record = await readRunRecord(join(out, 'run.json'));
    expect(record).toMatchObject({ partial: true, exitCode: 130 });
    expect(record.counters.events_lost_at_close).toBe(0);
    await expectGone(relayPid(record));
  });

  // `timeout` signals its child and then the group, so that the command gets the signal twice.
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 143],
  ] as const)('%s to the whole process group drains as well and ends with %d', async (signal, exitCode) => {
    const out = newOut();
    await withCli(
      long('--out', out),
      async (cli) => {
        await cli.until(/load starts/);
        const pid = cli.child.pid ?? 0;
        process.kill(pid, signal);
        process.kill(-pid, signal);
        expect((await cli.result).exitCode).toBe(exitCode);
      },
      { ownGroup: true },
    );
    const { partial, counters, validity } = await readRunRecord(join(out, 'run.json'));
    expect({ partial, lost: counters.events_lost_at_close }).toEqual({ partial: true, lost: 0 });
    expect(validity.reasons.filter((reason) => reason.startsWith('worker'))).toEqual([]);
  });

  test('before the load it ends with a partial record too', async () => {
    const out = newOut();
    await withCli(long('--out', out, '--connections', '2000'), async (cli) => {
      await cli.until(/opening/);
      cli.child.kill('SIGINT');
      expect((await cli.result).exitCode).toBe(130);
    });
    const record = await readRunRecord(join(out, 'run.json'));
    expect(record).toMatchObject({ partial: true, counters: { events_sent: 0 } });
    await expectGone(relayPid(record));
  });

  test('a second signal ends at once, with the relay stopped and the exit code of a signal', async () => {
    const out = newOut();
    await withCli(long('--out', out), async (cli) => {
      await cli.until(/load starts/);
      const children = await childrenOf(cli.child.pid ?? 0);
      // A relay that answers nothing: the orderly end waits for it, so that the second signal finds it under way.
      for (const pid of await thatRun('relay/main.js', children)) process.kill(pid, 'SIGSTOP');
      cli.child.kill('SIGINT');
      await cli.until(/SIGINT: stopping/);
      // What follows within half a second is the same request.
      await new Promise((resolve) => setTimeout(resolve, 700));
      cli.child.kill('SIGINT');
      expect((await cli.result).exitCode).toBe(130);
      for (const pid of children) await expectGone(pid);
    });
  });

  test('even SIGKILL leaves no process behind', async () => {
    await withCli(long('--out', newOut()), async (cli) => {
      await cli.until(/load starts/);
      const children = await childrenOf(cli.child.pid ?? 0);
      expect(children.length).toBeGreaterThanOrEqual(2);
      cli.child.kill('SIGKILL');
      for (const pid of children) await expectGone(pid);
    });
  });
});

describe('the relay command', () => {
  test('serves in the foreground until a signal, which is its normal end', async () => {
    await withCli(['relay', '--port', '0'], async (relay) => {
      await relay.until(/relay listens on ws:\/\/127\.0\.0\.1:\d+/);
      const url = /ws:\/\/\S+/.exec(relay.stdout())?.[0] ?? '';
      const out = newOut();
      await runCli(small('--relay', url, '--out', out));
      const record = await readRunRecord(join(out, 'run.json'));
      expect(record).toMatchObject({
        target: { kind: 'url' },
        counters: { events_accepted: 40 },
        components: [],
      });
      relay.child.kill('SIGTERM');
      expect((await relay.result).exitCode).toBe(0);
    });
  });

  test('its limits reach the relay', async () => {
    await withCli(['relay', '--port', '0', '--max-subscriptions', '7'], async (relay) => {
      await relay.until(/relay listens on/);
      const url = (/ws:\/\/\S+/.exec(relay.stdout())?.[0] ?? '').replace('ws:', 'http:');
      const response = await fetch(url, { headers: { accept: 'application/nostr+json' } });
      expect(await response.json()).toMatchObject({ limitation: { max_subscriptions: 7 } });
    });
  });
});

test('a reader that closes stdout early is no failure', async () => {
  await withCli(['scenarios', 'schema'], async (cli) => {
    cli.child.stdout?.destroy();
    expect(await cli.result).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

test('doctor says what this machine allows', async () => {
  const { exitCode, stdout } = await runCli(['doctor']);
  expect([0, 3]).toContain(exitCode);
  for (const name of ['Node', 'open files', 'local ports', 'cores', 'memory']) expect(stdout).toContain(name);
});

/** Direct children of a process, from /proc. */
