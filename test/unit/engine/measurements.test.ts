import { describe, expect, it } from 'vitest';
import { Measurements } from '../../../src/engine/measurements.ts';
import type { WorkerInterval } from '../../../src/engine/messages.ts';
import { COUNTER_MAP_NAMES } from '../../../src/metric/counter-maps.ts';
import { COUNTER_NAMES, type CounterMetric } from '../../../src/metric/counters.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';
import { samplePlan } from '../../support/sample-plan.ts';

/** One worker, 2 s of warm-up and 10 s at 100/s. */
const plan = samplePlan();

function interval(index: number, values: Partial<Record<CounterMetric, readonly number[]>>): WorkerInterval {
  const rows = [0, 1, 2].map((row) => Float64Array.from(COUNTER_NAMES, (name) => values[name]?.[row] ?? 0));
  const none = rows.map(() => new Map<string, number>());
  return {
    index,
    samples: [],
    censored: [],
    counters: { rows, words: Object.fromEntries(COUNTER_MAP_NAMES.map((name) => [name, none])) as never },
    connections: { opened: 10, failed: 0, dropped: 0, open: 10, firstDropNs: null, lastDropNs: null },
    health: { cpu_s: 0.1, utilization: 0.1, rss_bytes: 1, loopDelay_us: new LatencyHistogram().toDelta() },
  };
}

describe('what a run has achieved', () => {
  it('holds events of which the relay has a newer version, of the measured phases alone and each once', () => {
    const measurements = new Measurements({ plan, onProgress: () => undefined, liveWorkers: () => [0] });
    measurements.addInterval(0, interval(5, { events_sent: [200, 300], events_superseded: [40, 10] }));
    measurements.addInterval(0, interval(6, { events_sent: [200, 400], events_superseded: [40, 25] }));
    const end = { startedAt: new Date(0).toISOString(), durationMs: 1, stopped: null, losses: [] };
    expect(measurements.result(end).load.achieved.events).toBe(25);
  });
});
