import { describe, expect, it } from 'vitest';
import { emptySeries } from '../../../src/engine/empty-series.ts';
import { IntervalMerger } from '../../../src/engine/intervals.ts';
import type { CounterRows, SeriesDelta, WorkerInterval } from '../../../src/engine/messages.ts';
import { Totals } from '../../../src/engine/totals.ts';
import { LATENCY_NAMES } from '../../../src/metric/catalogue.ts';
import { COUNTER_MAP_NAMES } from '../../../src/metric/counter-maps.ts';
import { COUNTER_NAMES, type CounterMetric } from '../../../src/metric/counters.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';
import { buildSeriesTable } from '../../../src/metric/series-table.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import type { IntervalRow } from '../../../src/record/schema.ts';

const phases = [
  { name: 'warm-up', kind: 'warm-up' as const, startNs: 0, endNs: 1e9, levelStart: 1, levelEnd: 1 },
  { name: 'steady', kind: 'measured' as const, startNs: 1e9, endNs: 3e9, levelStart: 1, levelEnd: 1 },
  { name: 'spike', kind: 'measured' as const, startNs: 3e9, endNs: 4e9, levelStart: 2, levelEnd: 2 },
];
const series = buildSeriesTable(LATENCY_NAMES, { filter: ['feed', 'ids'] });
const ACK = series.indexOf('ack_latency');

function counters(values: Partial<Record<CounterMetric, readonly number[]>>): CounterRows {
  const rows = [0, 1, 2, 3].map((row) =>
    Float64Array.from(COUNTER_NAMES, (name) => values[name]?.[row] ?? 0),
  );
  const empty = rows.map(() => new Map<string, number>());
  const words = Object.fromEntries(
    COUNTER_MAP_NAMES.map((name) => [name, empty]),
  ) as unknown as CounterRows['words'];
  return { rows, words };
}

function samples(index: number, phase: number, values: readonly number[]): SeriesDelta {
  const histogram = new LatencyHistogram();
  for (const value of values) histogram.record(value);
  return { series: index, phase, delta: histogram.toDelta() };
}

function interval(index: number, acked: number, delta: readonly SeriesDelta[] = []): WorkerInterval {
  const none = new LatencyHistogram().toDelta();
  return {
    index,
    samples: delta,
    censored: [],
    counters: counters({ events_accepted: [acked], events_sent: [acked] }),
    connections: { opened: 2, failed: 0, dropped: 0, open: 2, firstDropNs: null, lastDropNs: null },
    health: {
      ...{ cpu_s: 0.25, utilization: 0.5, rss_bytes: 1, loopDelay_us: none, gaps_us: [], inFlight: 0 },
      gcPauses: { count: 0, total_us: 0, longest: null },
    },
  };
}

describe('IntervalMerger', () => {
  function setUp(workers: readonly number[], keepHistograms = false) {
    const rows: IntervalRow[] = [];
    const merger = new IntervalMerger({
      series,
      phases,
      offeredIn: () => 10,
      keepHistograms,
      hold_s: 2,
      liveWorkers: () => workers,
      onRow: (row) => rows.push(row),
    });
    return { merger, rows };
  }

  it('adds the same second of all workers, however late one of them reports', () => {
    const { merger, rows } = setUp([0, 1]);
    merger.add(0, interval(0, 5));
    merger.add(0, interval(1, 9));
    merger.add(0, interval(2, 9));
    expect(rows).toEqual([]);
    merger.add(1, interval(0, 7));
    merger.add(1, interval(1, 8));
    merger.finish();
    expect(rows.map((row) => row.acked)).toEqual([12, 5, 0]);
    expect(rows[0]).toMatchObject({ t: 0, phase: 'warm-up', connections: 4, cpu: 0.5 });
  });

  it('takes percentiles from merged histograms, never from percentiles', () => {
    const { merger, rows } = setUp([0, 1]);
    merger.add(0, interval(0, 0, [samples(ACK, 0, [10, 10, 10])]));
    merger.add(1, interval(0, 0, [samples(ACK, 0, [1_000])]));
    merger.finish();
    expect(rows[0]?.latencies['ack_latency']).toEqual({
      count: 4,
      p50_us: 10,
      p95_us: 1_000,
      p99_us: 1_000,
      max_us: 1_000,
    });
  });

  it('puts what never ended into the second in which it was due, however late that comes out', () => {
    const { merger } = setUp([0], true);
    const answered = Array.from({ length: 96 }, () => 10);
    for (const second of [0, 1, 2]) merger.add(0, interval(second, 0, [samples(ACK, 0, answered)]));
    merger.add(0, { ...interval(3, 0), censored: [{ series: ACK, second: 1, count: 4 }] });
    expect(merger.rows[1]?.latencies['ack_latency']).toMatchObject({
      count: 96,
      censored: 4,
      p95_us: 10,
      p99_us: null,
    });
    merger.add(0, { ...interval(4, 0), censored: [{ series: ACK, second: 1, count: 50 }] });
    expect(merger.rows[1]?.latencies['ack_latency']).toMatchObject({
      censored: 54,
      p50_us: 10,
      p95_us: null,
    });
    expect(merger.rows[2]?.latencies['ack_latency']?.censored).toBeUndefined();
    merger.add(0, interval(9, 0));
    merger.add(0, { ...interval(10, 0), censored: [{ series: ACK, second: 0, count: 1 }] });
    expect(merger.rows[0]?.latencies['ack_latency']).toMatchObject({ count: 96, censored: 1, p50_us: null });
  });

  it('keeps each second from the write too, for gates over windows', () => {
    const { merger, rows } = setUp([0], true);
    merger.add(0, interval(0, 0, [samples(ACK, 0, [50]), samples(ACK + 1, 0, [20])]));
    merger.finish();
    expect(Object.keys(rows[0]?.latencies ?? {})).toEqual(['ack_latency']);
    expect(rows[0]?.latencies['ack_latency']?.service).toMatchObject({ max_us: 20, hdr: expect.any(String) });
  });

  it('does not wait for a worker that is lost', () => {
    const live = [0, 1];
    const { merger, rows } = setUp(live);
    merger.add(0, interval(0, 5));
    live.pop();
    merger.add(0, interval(1, 6));
    expect(rows.map((row) => row.t)).toEqual([0]);
  });
});

describe('Totals', () => {
  const plan = { phases, streams: [], opened: [] } as unknown as Plan;

  it('leaves the warm-up out and gives each measured phase of its own', () => {
    const totals = new Totals(plan, series);
    totals.addSamples([samples(ACK, 0, [1]), samples(ACK, 1, [2, 3]), samples(ACK, 2, [4])]);
    const counts = [...totals.histograms()].map(([key, histogram]) => [key, histogram.count]);
    expect(Object.fromEntries(counts)).toEqual({
      ack_latency: 3,
      'ack_latency{phase=steady}': 2,
      'ack_latency{phase=spike}': 1,
    });
  });

  it('adds the filters of a query latency up to the whole', () => {
    const totals = new Totals(plan, series);
    totals.addSamples([
      samples(series.indexOf('eose_latency', 'feed'), 1, [1, 2]),
      samples(series.indexOf('eose_latency', 'ids'), 1, [3]),
    ]);
    const histograms = totals.histograms();
    expect(histograms.get('eose_latency')?.count).toBe(3);
    expect(histograms.get('eose_latency{filter=feed}')?.count).toBe(2);
    expect(histograms.get('eose_latency{filter=feed,phase=steady}')?.count).toBe(2);
  });

  it('adds filters and regions up to the whole, each by itself', () => {
    const regional = buildSeriesTable(LATENCY_NAMES, { filter: ['feed', 'ids'], region: ['near', 'far'] });
    const totals = new Totals(plan, regional);
    const at = (filter: string, region?: string): number => regional.indexOf('eose_latency', filter, region);
    totals.addSamples([
      samples(at('feed', 'near'), 1, [1, 2]),
      samples(at('feed', 'far'), 1, [3, 4, 5]),
      samples(at('ids', 'far'), 2, [6]),
      samples(at('ids'), 2, [7]),
    ]);
    const histograms = totals.histograms();
    const counts = Object.fromEntries([...histograms].map(([key, { count }]) => [key, count]));
    expect(counts).toEqual({
      eose_latency: 7,
      'eose_latency{filter=feed}': 5,
      'eose_latency{filter=ids}': 2,
      'eose_latency{region=near}': 2,
      'eose_latency{region=far}': 4,
      'eose_latency{phase=steady}': 5,
      'eose_latency{phase=spike}': 2,
      'eose_latency{filter=feed,phase=steady}': 5,
      'eose_latency{filter=ids,phase=spike}': 2,
      'eose_latency{phase=steady,region=near}': 2,
      'eose_latency{phase=steady,region=far}': 3,
      'eose_latency{phase=spike,region=far}': 1,
    });
    const empty = Object.keys(emptySeries(regional, histograms)).filter((key) =>
      key.startsWith('eose_latency{'),
    );
    expect(empty).toEqual([]);
  });

  it('takes connect latencies from the ramp where no storm is measured', () => {
    const totals = new Totals(plan, series);
    totals.addSamples([samples(series.indexOf('connect_latency'), phases.length, [5])]);
    expect(totals.histograms().get('connect_latency')?.count).toBe(1);
  });

  it('counts operations in measured phases only, connections from the ramp on', () => {
    const totals = new Totals(plan, series);
    totals.setCounters(0, counters({ events_sent: [1, 2, 4, 8], notices: [1, 2, 4, 8] }));
    totals.setCounters(1, counters({ events_sent: [10, 20, 40, 80] }));
    totals.setCounters(1, counters({ events_sent: [10, 30, 40, 80] }));
    expect(totals.counters()).toMatchObject({ events_sent: 76, notices: 15 });
  });

  it('counts what a lost worker had not settled as lost', () => {
    const totals = new Totals(plan, series);
    totals.setCounters(
      0,
      counters({
        events_sent: [0, 10],
        events_accepted: [0, 6],
        events_timeout: [0, 1],
        queries_sent: [0, 2],
      }),
    );
    totals.settleLost(0);
    expect(totals.counters()).toMatchObject({ events_lost_at_close: 3, queries_lost_at_close: 2 });
  });

  it('adds up the words of a relay that are names of what every object inherits', () => {
    const totals = new Totals(plan, series);
    const base = counters({});
    const said = (count: number): CounterRows => ({
      ...base,
      words: { ...base.words, events_rejected: base.rows.map(() => new Map([['constructor', count]])) },
    });
    totals.setCounters(0, said(1));
    totals.setCounters(1, said(2));
    expect(Object.entries(totals.counters().events_rejected)).toEqual([['constructor', 6]]);
  });
});
