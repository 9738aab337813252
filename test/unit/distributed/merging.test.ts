import { expect, test } from 'vitest';
import { withAgents } from '../../../src/distributed/with-agents.ts';
import { runPlan } from '../../../src/engine/coordinator.ts';
import type { CounterRows, FromWorker, WorkerInterval } from '../../../src/engine/messages.ts';
import type { Transport, WorkerHandle } from '../../../src/engine/transport.ts';
import { WorkerMail } from '../../../src/engine/worker-mail.ts';
import { COUNTER_MAP_NAMES } from '../../../src/metric/counter-maps.ts';
import { COUNTER_NAMES } from '../../../src/metric/counters.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';
import { buildSeriesTable } from '../../../src/metric/series-table.ts';
import { NOTHING_ASKED } from '../../../src/workload/preparation-tally.ts';
import { MemoryBus } from '../../support/memory-bus.ts';
import { openAgent, openRemote, sharedPlan } from '../../support/remote.ts';

const AGENTS = 4;
const SECONDS = 2;
const { plan } = sharedPlan({ workers: AGENTS });
const ACK = buildSeriesTable(plan.latencies, plan.labels).indexOf('ack_latency');

/** What worker `index` has measured in a second: lognormal, each worker slower than the one before. */
function samplesOf(index: number, second: number): number[] {
  return Array.from({ length: 500 }, (_, n) => {
    const quantile = ((n * 7_919 + second * 31) % 500) / 500;
    return Math.round(1_000 * (index + 1) * Math.exp(2 * quantile));
  });
}

function countersOf(events: number): CounterRows {
  const rows = Array.from({ length: plan.phases.length + 1 }, (_, row) =>
    Float64Array.from(COUNTER_NAMES, (name) =>
      row === 0 && (name === 'events_sent' || name === 'events_accepted') ? events : 0,
    ),
  );
  const none = rows.map(() => new Map<string, number>());
  return {
    rows,
    words: Object.fromEntries(COUNTER_MAP_NAMES.map((name) => [name, none])),
  } as unknown as CounterRows;
}

const CONNECTIONS = { opened: 3, failed: 0, dropped: 0, open: 3, firstDropNs: null, lastDropNs: null };

function intervalOf(index: number, second: number): WorkerInterval {
  const histogram = new LatencyHistogram();
  for (const value of samplesOf(index, second)) histogram.record(value);
  const loopDelay_us = new LatencyHistogram().toDelta();
  return {
    index: second,
    samples: [{ series: ACK, phase: 0, delta: histogram.toDelta() }],
    censored: [],
    counters: countersOf((second + 1) * 500),
    connections: CONNECTIONS,
    health: {
      ...{ cpu_s: 0.1, utilization: 0.1, rss_bytes: 1, loopDelay_us, gaps_us: [], inFlight: 0 },
      gcPauses: { count: 0, total_us: 0, longest: null },
    },
  };
}

function preparedBy(): FromWorker {
  return {
    ...{ type: 'prepared', problems: [], remarks: [], stored: { failed: [], hadSome: false } },
    ...{ storing: NOTHING_ASKED, subscribing: NOTHING_ASKED, counters: countersOf(0) },
  } as FromWorker;
}

/** Workers that have measured already. */
const SCRIPTED: Transport = {
  isHere: true,
  leadMs: 0,
  start: (worker): WorkerHandle => {
    const mail = new WorkerMail(worker);
    const { index } = worker;
    const answers: Record<string, () => readonly FromWorker[]> = {
      init: () => [{ type: 'ready' }],
      connect: () => [{ type: 'connected', counts: CONNECTIONS, refusals: [] }],
      prepare: () => [preparedBy()],
      go: () => [
        { type: 'started', late_us: index * 100 },
        ...Array.from({ length: SECONDS }, (_, second): FromWorker => {
          return { type: 'interval', interval: intervalOf(index, second) };
        }),
        {
          ...{ type: 'done' as const, notices: [], refusals: [], exhaustedNs: null },
          observations: { evidence: {}, findings: [] },
        },
      ],
    };
    return {
      ...{ index, pid: 0, loss: null },
      send: ({ type }) => {
        for (const answer of answers[type]?.() ?? []) mail.receive(answer);
      },
      next: (type) => mail.next(type),
      end: async () => undefined,
    };
  },
};

test('what agents have measured adds up exactly: counts, and percentiles of the union of all samples', async () => {
  const bus = new MemoryBus();
  const agents = Array.from({ length: AGENTS }, () => openAgent(bus, { transport: SCRIPTED }));
  const transport = await openRemote(bus, { agents: AGENTS, leadMs: 50 });
  const signal = new AbortController().signal;
  const result = withAgents(
    await runPlan({ plan, transport, signal, onProgress: () => undefined }),
    transport.agents(),
  );
  await transport.close();
  await Promise.all(agents.map(({ taker }) => taker.stop()));

  const union = new LatencyHistogram();
  for (let index = 0; index < AGENTS; index++)
    for (let second = 0; second < SECONDS; second++)
      for (const value of samplesOf(index, second)) union.record(value);
  const merged = result.histograms.get('ack_latency');
  expect(merged?.toDelta()).toEqual(union.toDelta());
  expect([50, 90, 95, 99, 99.9].map((q) => merged?.percentile(q))).toEqual(
    [50, 90, 95, 99, 99.9].map((q) => union.percentile(q)),
  );
  expect(result.counters).toMatchObject({ events_sent: 4_000, events_accepted: 4_000 });
  expect(result.load.connections).toMatchObject({ opened: 12 });
  expect(result.generator.agents?.map(({ startedLate_us }) => startedLate_us)).toEqual([0, 100, 200, 300]);
  expect(result.generator.steal).toBeNull();
});
