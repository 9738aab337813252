import { createRandom } from '../../src/base/random.ts';
import type { NamedRun } from '../../src/compare/comparable.ts';
import { LatencyHistogram } from '../../src/metric/histogram.ts';
import { buildRecord } from '../../src/record/build.ts';
import { judge } from '../../src/record/judge.ts';
import type { RunRecord } from '../../src/record/schema.ts';
import { noCounters, sampleInput, sampleResult } from './sample-record.ts';

/** Enough for every p95, and few enough to make many runs. */
const SAMPLES = 400;

/** A valid run whose relay is `slowdown` times as slow as that of the passing sample. */
export function runOf(slowdown: number, changes: Partial<RunRecord> = {}): RunRecord {
  const known = made.get(slowdown) ?? makeRun(slowdown);
  made.set(slowdown, known);
  return { ...known, ...changes };
}

/** Making one takes a while, and most tests want the same few. */
const made = new Map<number, RunRecord>();

function makeRun(slowdown: number): RunRecord {
  const counters = {
    ...noCounters(),
    events_sent: 2_000,
    events_accepted: 2_000,
    deliveries_expected: 10_000,
    deliveries_received: 10_000,
    queries_sent: 1_000,
    queries_completed: 1_000,
    query_events_received: 20_000,
  };
  const result = sampleResult({ counters, slowdown, samples: SAMPLES });
  return judge(buildRecord({ ...sampleInput(), result }), [], null);
}

/** Runs of one relay that differ by `noise` (a standard deviation, 0.03 is 3 %), the same for the same seed. */
export function runsOf(count: number, slowdown: number, noise: number, seed = 1): NamedRun[] {
  const random = createRandom(seed, 'sample-runs');
  return Array.from({ length: count }, (_, at) => {
    const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    return named(`run-${at + 1}.json`, runOf(slowdown * Math.exp(noise * normal)));
  });
}

/** The run with so many operations of one latency never answered. */
export function withUnanswered(record: RunRecord, unanswered: number, series = 'ack_latency'): RunRecord {
  const summary = record.metrics[series];
  if (summary === undefined) throw new RangeError(`the run has no ${series}`);
  const histogram = LatencyHistogram.fromSummary(summary);
  histogram.censor(unanswered);
  const changed = histogram.summary();
  const metrics = { ...record.metrics, [series]: { ...changed, lowConfidence: [...changed.lowConfidence] } };
  return { ...record, metrics };
}

export function named(name: string, record: RunRecord): NamedRun {
  return { name, record };
}
