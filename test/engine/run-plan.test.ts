import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunOptions, RunPlan } from '../../src/engine/run-plan.ts';
import type { ProgressEvent } from '../../src/result/progress.ts';
import type { RunResult } from '../../src/result/run-result.ts';
import { type StartedProcess, startProcess } from '../support/process.ts';
import { samplePlan } from '../support/sample-plan.ts';

interface Ready {
  readonly url: string;
}

const { runPlan } = (await import(pathToFileURL('dist/engine/coordinator.js').href)) as { runPlan: RunPlan };

let relay: StartedProcess<Ready>;
beforeAll(async () => {
  relay = await startProcess<Ready>(['dist/relay/main.js', '--port', '0']);
});
afterAll(() => relay.stop());

/** Publishers, subscribers and queries on 24 connections for 2 s, without warm-up. */
const MIXED = {
  connections: { count: 24 },
  corpus: { events: 60 },
  warmup: '0s',
  phases: [{ name: 'steady', duration: '2s' }],
  workloads: {
    publish: { rate: '50/s', connections: 8, authors: 5 },
    subscribe: { connections: 16, topics: 2 },
    query: {
      rate: '20/s',
      arrivals: 'poisson',
      filters: [
        { name: 'recent', filter: { kinds: [1], limit: 10 } },
        { name: 'by-ids', filter: { ids: 5 } },
      ],
    },
  },
};

async function run(options: Partial<RunOptions> & Pick<RunOptions, 'plan'>): Promise<RunResult> {
  return runPlan({ onProgress: () => undefined, signal: new AbortController().signal, ...options });
}

function mixedPlan(workers: number) {
  return samplePlan(MIXED, { targets: [relay.ready.url], overrides: { workers } });
}

// Side by side: they mostly wait, and none asserts how long anything takes.
describe.concurrent('runPlan', () => {
  it.each([1, 2])('offers the plan exactly and accounts for everything with %i workers', async (workers) => {
    const plan = mixedPlan(workers);
    const { counters, load, ratios } = await run({ plan });
    expect(load.connections).toEqual({ requested: 24, opened: 24, failed: 0, dropped: 0 });
    expect(counters).toMatchObject({ events_sent: 100, events_accepted: 100 });
    expect(counters).toMatchObject({
      deliveries_expected: 800,
      deliveries_received: 800,
      deliveries_missing: 0,
    });
    const queries = plan.streams.find((stream) => stream.name === 'query')?.total;
    expect(counters).toMatchObject({ queries_sent: queries, queries_completed: queries, stray_frames: 0 });
    expect(ratios).toMatchObject({ ack_ratio: 1, delivery_ratio: 1, query_ratio: 1 });
  });

  it('answers the queries from the stored corpus: every id that is asked for exists', async () => {
    const plan = samplePlan(
      {
        ...MIXED,
        workloads: {
          ...MIXED.workloads,
          query: { rate: '20/s', filters: [{ name: 'by-ids', filter: { ids: 5 } }] },
        },
      },
      { targets: [relay.ready.url] },
    );
    const { counters } = await run({ plan });
    expect(counters.query_events_received).toBe(counters.queries_completed * 5);
  });

  it('records a latency and its service twin for each operation', async () => {
    const { histograms, counters } = await run({ plan: mixedPlan(1) });
    expect(histograms.get('ack_latency')?.count).toBe(counters.events_accepted);
    expect(histograms.get('ack_latency_service')?.count).toBe(counters.events_accepted);
    expect(histograms.get('eose_latency')?.count).toBe(counters.queries_completed);
    expect(histograms.get('delivery_latency')?.count).toBe(counters.deliveries_received);
    expect(histograms.get('delivery_last_latency')?.count).toBe(counters.events_accepted);
    expect(histograms.get('connect_latency')?.count).toBe(24);
  });

  it('sums up to the same numbers in its intervals', async () => {
    const { intervals, counters } = await run({ plan: mixedPlan(2) });
    const sum = (key: 'offered' | 'sent' | 'acked' | 'completed' | 'delivered'): number =>
      intervals.reduce((total, row) => total + row[key], 0);
    expect(sum('acked')).toBe(counters.events_accepted);
    expect(sum('completed')).toBe(counters.queries_completed);
    expect(sum('delivered')).toBe(counters.deliveries_received);
    expect([sum('offered'), sum('sent')]).toEqual(
      Array(2).fill(counters.events_sent + counters.queries_sent),
    );
  });

  it('tells of every step of the run', async () => {
    const events: ProgressEvent['type'][] = [];
    await run({ plan: mixedPlan(1), onProgress: ({ type }) => events.push(type) });
    const steps = ['connecting', 'preparing', 'started', 'interval', 'finished'] as const;
    const firsts = steps.map((step) => events.indexOf(step));
    expect(firsts.every((first) => first >= 0)).toBe(true);
    expect([...firsts].sort((a, b) => a - b)).toEqual(firsts);
  });

  it('keeps the window full in the closed model and calls it closed', async () => {
    const plan = samplePlan(
      {
        load: { model: 'closed', window: 4 },
        connections: { count: 2 },
        warmup: '0s',
        phases: [{ name: 'steady', duration: '1s' }],
        workloads: { publish: { rate: '1/s' } },
      },
      { targets: [relay.ready.url] },
    );
    const { load, counters, histograms } = await run({ plan });
    expect(load.model).toBe('closed');
    expect(counters.events_accepted).toBeGreaterThan(8);
    expect(counters.events_sent).toBe(counters.events_accepted);
    expect(histograms.has('send_lag')).toBe(false);
  });

  it('opens the connections of a storm on their schedule and measures them', async () => {
    const plan = samplePlan(
      {
        connections: { count: 1 },
        warmup: '0s',
        phases: [{ name: 'storm', duration: '2s' }],
        workloads: { connect: { rate: '40/s' } },
      },
      { targets: [relay.ready.url] },
    );
    const { load, histograms } = await run({ plan });
    expect(load.connections).toMatchObject({ requested: 81, opened: 81 });
    expect(histograms.get('connect_latency')?.count).toBe(80);
  });

  it('ends early when it is told to, with what it has measured', async () => {
    const abort = new AbortController();
    const plan = samplePlan(
      { ...MIXED, phases: [{ name: 'steady', duration: '60s' }] },
      { targets: [relay.ready.url] },
    );
    const onProgress = (event: ProgressEvent): void => {
      if (event.type === 'interval') abort.abort('SIGINT');
    };
    const result = await run({ plan, onProgress, signal: abort.signal });
    expect(result).toMatchObject({ partial: true, stopped: 'SIGINT', load: { droppedArrivals: 0 } });
    expect(result.counters.events_accepted).toBeGreaterThan(0);
    expect(result.load.measured_s).toBeLessThan(30);
    expect(Math.abs(result.load.offered.events - result.counters.events_sent)).toBeLessThanOrEqual(5);
  });

  it('offers nothing when it is told to end before the load starts', async () => {
    const abort = new AbortController();
    const plan = samplePlan(
      { ...MIXED, connections: { count: 24, rate: '10/s' } },
      { targets: [relay.ready.url] },
    );
    const onProgress = ({ type }: ProgressEvent): void => {
      if (type === 'connecting') abort.abort('SIGTERM');
    };
    const result = await run({ plan, onProgress, signal: abort.signal });
    expect(result).toMatchObject({ partial: true, stopped: 'SIGTERM' });
    expect(result.load.offered).toMatchObject({ events: 0, queries: 0 });
    expect(result.counters.events_sent).toBe(0);
  });

  it('says that the target is unreachable when no connection opens', async () => {
    const plan = samplePlan(MIXED, { targets: ['ws://127.0.0.1:1'] });
    await expect(run({ plan })).rejects.toMatchObject({ code: 'TARGET_UNREACHABLE', exitCode: 3 });
  });

  it('keeps what was measured when a worker dies, and calls the run invalid', async () => {
    const plan = samplePlan(
      { ...MIXED, phases: [{ name: 'steady', duration: '4s' }] },
      { targets: [relay.ready.url], overrides: { workers: 2 } },
    );
    let pids: readonly number[] = [];
    let isKilled = false;
    const result = await run({
      plan,
      onWorkers: (started) => {
        pids = started;
      },
      onProgress: ({ type }) => {
        if (type !== 'interval' || isKilled) return;
        isKilled = true;
        process.kill(pids[1] as number, 'SIGKILL');
      },
    });
    expect(result.partial).toBe(true);
    expect(result.invalidities[0]?.text).toMatch(/worker 1: the process ended with SIGKILL/);
    expect(result.counters.events_accepted).toBeGreaterThan(50);
  });
});
