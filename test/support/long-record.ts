import { createRandom, type Random } from '../../src/base/random.ts';
import { LatencyHistogram } from '../../src/metric/histogram.ts';
import type { IntervalRow, RunRecord } from '../../src/record/schema.ts';
import { sampleFault } from './sample-fault.ts';
import { sampleRecord } from './sample-record.ts';

const LEVELS = [0.25, 0.5, 1, 2, 4];
const WARM_UP_S = 20;
const PHASE_S = 120;
const LATENCIES: Readonly<Record<string, number>> = {
  ack_latency: 1_800,
  first_event_latency: 1_200,
  eose_latency: 1_500,
  delivery_latency: 2_400,
  delivery_last_latency: 3_900,
  connect_latency: 900,
};

/**
 * The record of a run of ten minutes over five load levels, with a fault in it: the relay slows down with the load, and
 * stands still for twelve seconds. The same on every machine.
 */
export function longRecord(): RunRecord {
  const record = sampleRecord('pass');
  const phases = LEVELS.map((level, at) => ({
    name: `level-${at + 1}`,
    kind: 'measured' as const,
    start_s: WARM_UP_S + at * PHASE_S,
    end_s: WARM_UP_S + (at + 1) * PHASE_S,
    level,
    offered: 220 * level * PHASE_S,
    sent: 220 * level * PHASE_S,
  }));
  const warmUp = { name: 'warm-up', kind: 'warm-up' as const, start_s: 0, end_s: WARM_UP_S, level: 0.25 };
  const load = {
    ...record.load,
    measured_s: LEVELS.length * PHASE_S,
    phases: [{ ...warmUp, offered: 55 * WARM_UP_S, sent: 55 * WARM_UP_S }, ...phases],
  };
  const faults = [sampleFault({ at: 400, detectedMs: 900, recoveredMs: 12_000 })];
  return {
    ...record,
    counters: { ...record.counters, events_sent: 2_118, events_timeout: 118 },
    durationMs: 621_000,
    load,
    faults,
    components: components(),
    metrics: { ...record.metrics, ...metricsByPhase() },
    intervals: intervals(),
  };
}

/** Eight relay processes, sampled each second of the measured phases. */
function components(): RunRecord['components'] {
  const random = createRandom(11, 'long-record-components');
  return Array.from({ length: 8 }, (_, at) => ({
    name: `relay-${at + 1}`,
    role: 'relay',
    pid: 4_000 + at,
    cpu_s: 60 * at,
    cpuShare: 0.1 * at,
    rssMax_bytes: 200e6,
    samples: Array.from({ length: LEVELS.length * PHASE_S }, (_, t) => ({
      t,
      cpuShare: 0.1 * at + random.next() * 0.05,
      rss_bytes: 80e6 + at * 10e6 + t * 1e5,
      figures: null,
    })),
  }));
}

function metricsByPhase(): RunRecord['metrics'] {
  const random = createRandom(11, 'long-record-phases');
  const names = ['ack_latency', 'eose_latency', 'delivery_latency'];
  const entries = LEVELS.flatMap((level, at) =>
    names.map((name): [string, RunRecord['metrics'][string]] => {
      const summary = histogram(random, 1_200, slowed(name, level)).summary();
      return [`${name}{phase=level-${at + 1}}`, { ...summary, lowConfidence: [...summary.lowConfidence] }];
    }),
  );
  return Object.fromEntries(entries);
}

function intervals(): IntervalRow[] {
  const random = createRandom(11, 'long-record');
  return Array.from({ length: WARM_UP_S + LEVELS.length * PHASE_S + 3 }, (_, t) => interval(random, t));
}

function interval(random: Random, t: number): IntervalRow {
  const at = Math.min(LEVELS.length - 1, Math.max(0, Math.floor((t - WARM_UP_S) / PHASE_S)));
  const level = LEVELS[at] ?? 1;
  const isDrain = t >= WARM_UP_S + LEVELS.length * PHASE_S;
  const isDown = t >= 400 && t < 412;
  const rate = isDrain ? 0 : 220 * level;
  const answered = isDown ? 0 : Math.round(rate * (0.98 + random.next() * 0.04));
  const latencies = Object.keys(LATENCIES).map((name) => {
    const sorted = samples(random, 40, slowed(name, level) * (isDown ? 300 : 1)).sort((x, y) => x - y);
    const [p50_us = null, p95_us = null, p99_us = null] = [19, 37, 39].map((rank) => sorted[rank]);
    return [name, { count: 40, p50_us, p95_us, p99_us, max_us: sorted.at(-1) ?? null }] as const;
  });
  return {
    t,
    phase: t < WARM_UP_S ? 'warm-up' : isDrain ? 'drain' : `level-${at + 1}`,
    offered: rate,
    sent: rate,
    acked: Math.round(answered * 0.9),
    delivered: answered * 4,
    completed: Math.round(answered * 0.1),
    connections: isDown ? 40 : 100,
    errors: isDown ? Math.round(20 * random.next()) : 0,
    latencies: isDrain ? {} : Object.fromEntries(latencies),
    cpu: 0.1 + level * 0.12 + random.next() * 0.05,
  };
}

/** A relay that queues: the nearer to its limit, the slower. */
function slowed(name: string, level: number): number {
  return (LATENCIES[name] ?? 1_000) / (1 - level / 4.4);
}

function histogram(random: Random, count: number, median_us: number): LatencyHistogram {
  const result = new LatencyHistogram();
  for (const value of samples(random, count, median_us)) result.record(value);
  return result;
}

/** Lognormal, by Box and Muller, in whole microseconds. */
function samples(random: Random, count: number, median_us: number): number[] {
  return Array.from({ length: count }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    return Math.round(median_us * Math.exp(0.5 * normal));
  });
}
