import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ControlBus, Taker } from '../../src/distributed/bus.ts';
import { openRedisBus } from '../../src/distributed/redis-bus.ts';
import { buildPlan } from '../../src/plan/build-plan.ts';
import { readRunRecord } from '../../src/record/read.ts';
import type { RunRecord } from '../../src/record/schema.ts';
import { loadScenario } from '../../src/scenario/load.ts';
import { type BuiltRelay, startBuiltRelay } from '../support/built-relay.ts';
import { childrenOf } from '../support/children.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/postgres.ts';
import { startTestRedis, type TestRedis } from '../support/redis.ts';
import { openAgent, openRemote } from '../support/remote.ts';
import { type CliResult, type RunningCli, startCli } from '../support/run-cli.ts';
import { transportContract } from '../support/transport-contract.ts';

// A Redis with the rights that the documentation gives to agents and runs, and real agents. No figure is asserted that a
// busy machine changes.

const PASSWORD = 'for-tests';
const TLS = fileURLToPath(new URL('../support/tls', import.meta.url));
const CERTIFICATE = `${TLS}/cert.pem`;
const RELAY = fileURLToPath(new URL('../../dist/relay/main.js', import.meta.url));

let directory = '';
let redis: TestRedis;
/** With TLS; what the tests do in this process goes without, since Node reads whom to trust when it starts. */
let url = '';
let plainUrl = '';
let relay: BuiltRelay;
const agents = new Map<string, RunningCli>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-agents-'));
  const tlsPort = await freePort();
  redis = await startTestRedis([...tlsArgs(tlsPort), '--user', ...(await documentedUser())]);
  plainUrl = `redis://bench:${PASSWORD}@127.0.0.1:${redis.port}`;
  url = `rediss://bench:${PASSWORD}@localhost:${tlsPort}`;
  relay = await startBuiltRelay();
  for (const name of ['a', 'b', 'c', 'd']) agents.set(name, startAgent(name));
  await Promise.all([...agents.values()].map((agent) => agent.until(/waits for shards/)));
});
afterAll(async () => {
  await Promise.all([...agents.values()].map((agent) => agent.stop()));
  await relay.stop();
  await redis.stop();
  await rm(directory, { recursive: true, force: true });
});

function tlsArgs(port: number): string[] {
  const files = [
    '--tls-cert-file',
    CERTIFICATE,
    '--tls-key-file',
    `${TLS}/key.pem`,
    '--tls-ca-cert-file',
    CERTIFICATE,
  ];
  return ['--tls-port', String(port), ...files, '--tls-auth-clients', 'no'];
}

/** The user of the documentation, with a password. */
async function documentedUser(): Promise<string[]> {
  const text = await readFile('docs/distributed/users.acl', 'utf8');
  const line = /^user (bench .*)$/m.exec(text)?.[1] ?? '';
  return line.replace(/>\S+/, `>${PASSWORD}`).split(' ');
}

function startAgent(name: string): RunningCli {
  return startCli(['agent', '--name', name], {
    env: {
      ...{ RELAY_BENCH_REDIS: url, NODE_EXTRA_CA_CERTS: CERTIFICATE },
      // As on a machine of its own.
      XDG_CACHE_HOME: join(directory, `cache-${name}`),
    },
  });
}

function startRun(name: string, agentsWanted: number, ...flags: readonly string[]): RunningCli {
  const gates = ['--no-default-gates', '--gate', 'events_rejected == 0'];
  const load = ['--connections', '60', '--rate', '100', '--warmup', '0s', '--relay', relay.url];
  const out = ['--out', join(directory, name), '--format', 'json', '--progress', 'plain'];
  const distributed = ['--agents', String(agentsWanted), '--redis', url];
  return startCli(['run', 'publish', ...load, ...gates, ...out, ...distributed, ...flags], {
    env: { NODE_EXTRA_CA_CERTS: CERTIFICATE },
  });
}

const REPLAYED = `
name: replayed
description: a corpus that every agent makes itself
connections: { count: 12 }
corpus: { profile: social, events: 600, stored: 300 }
warmup: 0s
phases: [{ name: steady, duration: 2s }]
workloads:
  publish: { rate: 40/s }
  query:
    rate: 20/s
    check: 100%
    filters:
      - { name: thread, filter: { kinds: [1, 6, 7], "#e": 1, limit: 100 } }
      - { name: by-ids, filter: { ids: 5 } }
`;
const BROKEN = `
name: broken
description: a relay that ends under load
connections: { count: 12, reconnect: true }
corpus: { events: 0 }
warmup: 0s
phases: [{ name: steady, duration: 3s }]
workloads:
  publish: { rate: 60/s }
faults:
  - { at: 1s, action: kill, on: relay, for: 500ms }
`;

/** A run of a scenario of one's own on two agents; without gates. */
async function startOnTwo(name: string, scenario: string, ...flags: readonly string[]): Promise<RunningCli> {
  const path = join(directory, `${name}.yaml`);
  await writeFile(path, scenario);
  const out = ['--out', join(directory, name), '--format', 'json', '--progress', 'plain'];
  const args = ['run', path, ...out, '--no-default-gates', '--agents', '2', '--redis', url, ...flags];
  return startCli(args, {
    env: { NODE_EXTRA_CA_CERTS: CERTIFICATE, XDG_CACHE_HOME: join(directory, 'cache') },
  });
}

/** What one machine would offer. */
async function plannedEvents(workers: number, durationMs: number): Promise<number> {
  const plan = buildPlan({
    scenario: await loadScenario('publish', () => null),
    targets: [relay.url],
    cores: 1,
    overrides: { workers, durationMs, warmupMs: 0, connections: 60, rate_per_s: 100 },
  });
  return plan.streams.reduce((sum, { total }) => sum + total, 0);
}

async function recordOf(name: string): Promise<RunRecord> {
  return readRunRecord(join(directory, name, 'run.json'));
}

/** The agents of a run, from what it has said so far. */
function namesIn(run: RunningCli): string[] {
  return [...run.stderr().matchAll(/^agent (\w) is here/gm)].map(([, name = '']) => name);
}

describe('runs on agents', () => {
  it('offer exactly what was asked for, two at once, and through a restart of Redis', async () => {
    const runs = [startRun('three', 3, '--duration', '2s'), startRun('one', 1, '--duration', '2s')];
    try {
      await Promise.all(runs.map((run) => run.until(/load starts/)));
      await redis.restart();
      const results = await Promise.all(runs.map(({ result }) => result));
      expect(results.map(shortened)).toEqual([expect.anything(), expect.anything()]);
    } finally {
      await Promise.all(runs.map((run) => run.stop()));
    }
    for (const [name, count] of [
      ['three', 3],
      ['one', 1],
    ] as const) {
      const events = await plannedEvents(count, 2_000);
      const { counters, load, generator, validity } = await recordOf(name);
      expect({ name, lost: validity.kinds?.includes('worker-lost') }).toEqual({ name, lost: false });
      expect(load.offered.events).toBe(events);
      expect(counters).toMatchObject({ events_sent: events, events_accepted: events, events_rejected: {} });
      expect(load.connections).toMatchObject({ requested: 60, opened: 60, failed: 0 });
      expect(generator.agents).toHaveLength(count);
      expect(
        generator.agents?.every(({ lost, clockRoundTrip_us }) => lost === null && clockRoundTrip_us > 0),
      ).toBe(true);
    }
  });

  it('replay a corpus that each agent has made, are audited, and have faults as on one machine', async () => {
    const runs = [
      await startOnTwo('replayed', REPLAYED, '--relay', relay.url, '--audit'),
      await startOnTwo('broken', BROKEN, '--relay', `mine=${process.execPath} ${RELAY} --port {port}`),
    ];
    try {
      const results = await Promise.all(runs.map(({ result }) => result));
      expect(results.map(shortened)).toEqual([expect.anything(), expect.anything()]);
      for (const { exitCode, stderr } of results) expect([0, 103], stderr).toContain(exitCode);
    } finally {
      await Promise.all(runs.map((run) => run.stop()));
    }
    const { corpus, counters, audit, generator, failures } = await recordOf('replayed');
    expect(corpus).toMatchObject({ profile: 'social', events: 600, stored: 300 });
    expect(failures ?? []).toEqual([]);
    expect(generator.agents?.map(({ lost, cpuModel }) => [lost, typeof cpuModel])).toEqual([
      [null, 'string'],
      [null, 'string'],
    ]);
    expect(counters.queries_completed).toBe(counters.queries_sent);
    expect(counters.answers_checked).toBeGreaterThan(0);
    expect(counters).toMatchObject({ answers_wrong: {}, events_rejected: {} });
    expect(audit).toMatchObject({ lost: [], found: audit?.acknowledged });
    expect(audit?.acknowledged).toBeGreaterThan(0);
    const broken = await recordOf('broken');
    expect(broken.faults).toMatchObject([{ action: 'kill', on: 'relay', problem: null }]);
    expect(broken.faults[0]?.at).toBeGreaterThanOrEqual(1);
  });

  it('end with 103 where an agent was killed, and where one is frozen, whose workers end by themselves; as told at once or after all', async () => {
    const runs = [
      startRun('killed', 2, '--duration', '60s'),
      startRun('frozen', 2, '--duration', '6s', '--on-agent-loss', 'degrade'),
    ];
    try {
      await Promise.all(runs.map((run) => run.until(/load starts/)));
      const [killed, frozen] = runs.map((run) => agents.get(namesIn(run)[0] ?? '')?.child);
      const workers = await childrenOf(frozen?.pid ?? 0);
      expect(workers).toHaveLength(1);
      killed?.kill('SIGKILL');
      frozen?.kill('SIGSTOP');
      const results = await Promise.all(runs.map(({ result }) => result));
      expect(results.map(({ exitCode }) => exitCode)).toEqual([103, 103]);
      // A frozen parent has not waited for them: they are zombies, which have no children and no memory.
      await eventually('its workers have ended', async () =>
        (await Promise.all(workers.map(hasEnded))).every(Boolean),
      );
      frozen?.kill('SIGCONT');
      // Of 6,000: it ended at once. The other one went on with the agent that was left.
      expect((await recordOf('killed')).counters.events_sent).toBeLessThan(3_000);
      expect((await recordOf('frozen')).intervals.at(-1)?.t).toBeGreaterThanOrEqual(5);
      for (const name of ['killed', 'frozen']) {
        const { generator, validity, partial } = await recordOf(name);
        expect({ partial, reasons: validity.reasons }).toEqual({
          partial: true,
          reasons: expect.arrayContaining([expect.stringContaining('nothing was heard of it for 3 s')]),
        });
        expect(generator.agents?.map(({ lost }) => lost).filter((lost) => lost !== null)).toHaveLength(1);
      }
    } finally {
      await Promise.all(runs.map((run) => run.stop()));
    }
  });
});

async function hasEnded(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '0 (gone) Z');
  return / Z( |$)/.test(status.slice(status.lastIndexOf(')')));
}

function shortened({ exitCode, stderr }: CliResult): string {
  return `${exitCode} ${stderr.slice(-500)}`;
}

describe('over Redis', () => {
  const open: { bus: ControlBus; agentBus: ControlBus; taker: Taker }[] = [];
  beforeAll(async () => {
    // The agents above would take these shards.
    await Promise.all([...agents.values()].map((agent) => agent.stop()));
    const silent = (): void => undefined;
    const [bus, agentBus] = [await openRedisBus(plainUrl, silent), await openRedisBus(plainUrl, silent)];
    open.push({ bus, agentBus, taker: openAgent(agentBus).taker });
  });
  afterAll(async () => {
    for (const { bus, agentBus, taker } of open) {
      await taker.stop();
      await Promise.all([bus.close(), agentBus.close()]);
    }
  });

  transportContract('RemoteTransport', async () => {
    const bus = open[0]?.bus;
    if (bus === undefined) throw new Error('there is no bus');
    const transport = await openRemote(bus);
    // Half a round trip on loopback, on a busy machine.
    return { transport, clockError_us: 20_000, stop: () => transport.close() };
  });
});
