import { expect, it } from 'vitest';
import { Measurements } from '../../../src/engine/measurements.ts';
import type { CounterRows, WorkerInterval } from '../../../src/engine/messages.ts';
import { COUNTER_MAP_NAMES } from '../../../src/metric/counter-maps.ts';
import { COUNTER_NAMES } from '../../../src/metric/counters.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';
import { samplePlan } from '../../support/sample-plan.ts';

/** Cumulative counters as a worker reports them; phase 1 is the measured one. */
function interval(index: number, superseded: number): WorkerInterval {
  const rows = [0, 1, 2].map((row) =>
    Float64Array.from(COUNTER_NAMES, (name) => (row === 1 && name === 'events_superseded' ? superseded : 0)),
  );
  const empty = rows.map(() => new Map<string, number>());
  const words = Object.fromEntries(
    COUNTER_MAP_NAMES.map((name) => [name, empty]),
  ) as unknown as CounterRows['words'];
  return {
    index,
    samples: [],
    censored: [],
    counters: { rows, words },
    connections: { opened: 1, failed: 0, dropped: 0, open: 1, firstDropNs: null, lastDropNs: null },
    health: {
      cpu_s: 0,
      utilization: 0,
      rss_bytes: 1,
      loopDelay_us: new LatencyHistogram().toDelta(),
      gaps_us: [],
      inFlight: 0,
      gcPauses: { count: 0, total_us: 0, longest: null },
    },
  };
}

it('an event that a newer version had superseded in time counts as achieved, one later does not', () => {
  const plan = samplePlan({ warmup: '2s', phases: [{ name: 'steady', duration: '10s' }] });
  const measurements = new Measurements({ plan, onProgress: () => undefined, liveWorkers: () => [0, 1] });
  measurements.addInterval(0, interval(4, 2));
  measurements.addInterval(0, interval(5, 3));
  measurements.addInterval(1, interval(5, 4));
  measurements.addInterval(0, interval(30, 9));
  const result = measurements.result({
    startedAt: '2026-11-29T00:00:00.000Z',
    durationMs: 1,
    stopped: null,
    losses: [],
  });
  expect(result.load.achieved.events).toBe(7);
});

it('what the workers have seen of the relay is put together', () => {
  const measurements = new Measurements({
    plan: samplePlan(),
    onProgress: () => undefined,
    liveWorkers: () => [0],
  });
  const seen = (count: number, atMs: number) => ({
    findings: [{ kind: 'deletions-not-kept' as const, text: 'keeps none', nip: 'NIP-09', count }],
    evidence: {
      answers_wrong: [{ atMs, connection: 1, subscription: 'q0', filter: {}, expected: [], got: [] }],
    },
  });
  measurements.addSeen([], seen(2, 20));
  measurements.addSeen([], seen(3, 10));
  const { findings, evidence } = measurements.result({
    startedAt: '2026-11-29T00:00:00.000Z',
    durationMs: 1,
    stopped: null,
    losses: [],
  });
  expect(findings).toEqual([{ kind: 'deletions-not-kept', text: 'keeps none', nip: 'NIP-09', count: 5 }]);
  expect(evidence['answers_wrong']?.map(({ atMs }) => atMs)).toEqual([10, 20]);
});
