import { own } from '../base/own.ts';
import { HEADLINES } from '../metric/catalogue.ts';
import type { DriftAggregation, DriftQuantity } from '../metric/drifts.ts';
import { type TimedValue, theilSen } from '../metric/theil-sen.ts';
import type { RunRecord } from './schema.ts';

/** What a drift is read from. */
export type DriftSources = Pick<RunRecord, 'intervals' | 'load' | 'components'>;

/** How a quantity has changed over the measured phases; shares of its level an hour, 0.1 being 10 %. */
export interface Drift {
  /** Such as `ack_latency p95`, `rss` or `descriptors`. */
  readonly of: string;
  /** The process that it belongs to; left out for latencies, which belong to none. */
  readonly component?: string;
  /** In the middle of the time by the trend: µs, bytes, or how many. */
  readonly level: number;
  readonly perHour: number;
  /** At 95 %; null where nothing bounds it on that side. */
  readonly low: number | null;
  readonly high: number | null;
  /** Seconds between the first value and the last. */
  readonly span_s: number;
}

/** What can't be told, and why. */
export interface Untold {
  readonly of: string;
  readonly component?: string;
  readonly reason: string;
}

/** Whether a drift could be told. */
export function isTold(found: Drift | Untold): found is Drift {
  return !('reason' in found);
}

/** In less time, memory that grows in steps and caches that fill can't be told from a leak. */
export const LEAST_SPAN_S = 300;

/** What `drift` looks at where it does not say of what: every latency that users wait for, and the relay's processes. */
export function allDrifts(sources: DriftSources): readonly (Drift | Untold)[] {
  const there = HEADLINES.filter((metric) =>
    sources.intervals.some(({ latencies }) => own(latencies, metric)),
  );
  const latencies = there.flatMap((metric) => driftsOf(sources, metric, 'p95'));
  const processes = relaysOf(sources).length === 0 ? [] : (['rss', 'descriptors'] as const);
  return [...latencies, ...processes.flatMap((quantity) => driftsOf(sources, quantity, 'p95'))];
}

/**
 * The drift of one quantity: of a latency one, of memory and descriptors one for each process of the relay.
 * @param aggregation of a latency: which percentile of every second
 */
export function driftsOf(
  sources: DriftSources,
  quantity: DriftQuantity,
  aggregation: DriftAggregation,
): readonly (Drift | Untold)[] {
  if (quantity !== 'rss' && quantity !== 'descriptors') {
    const of = `${quantity} ${aggregation}`;
    return [driftBy({ of }, latencyValues(sources, quantity, aggregation))];
  }
  const relays = relaysOf(sources);
  if (relays.length === 0) return [{ of: quantity, reason: 'no process of the relay was watched' }];
  const key = quantity === 'rss' ? 'rss_bytes' : 'descriptors';
  return relays.map(({ name, samples = [] }) => {
    const values = samples.flatMap(({ t, [key]: y }) => (typeof y === 'number' ? [{ x: t, y }] : []));
    return driftBy({ of: quantity, component: name }, values);
  });
}

function driftBy(head: Pick<Drift, 'of' | 'component'>, values: readonly TimedValue[]): Drift | Untold {
  const span_s = (values.at(-1)?.x ?? 0) - (values[0]?.x ?? 0);
  if (values.length === 0) return { ...head, reason: 'it was not measured second by second' };
  if (span_s < LEAST_SPAN_S)
    return {
      ...head,
      reason: `${Math.floor(span_s)} s tell nothing of hours: measure ${LEAST_SPAN_S} s or more`,
    };
  const trend = theilSen(values);
  if (trend === null) return { ...head, reason: `only ${values.length} values` };
  const { slope, low, high, level } = trend;
  if (level <= 0) return { ...head, reason: 'its level is 0: there is nothing to compare a change with' };
  const share = (perSecond: number | null): number | null =>
    perSecond === null ? null : Number(((perSecond * 3_600) / level).toPrecision(6));
  return {
    ...head,
    level: Number(level.toPrecision(6)),
    perHour: share(slope) as number,
    low: share(low),
    high: share(high),
    span_s: Math.round(span_s),
  };
}

/** Whole seconds of the measured phases in which the percentile is known. */
function latencyValues(
  { intervals, load }: DriftSources,
  metric: string,
  aggregation: DriftAggregation,
): readonly TimedValue[] {
  const measured = load.phases.filter(({ kind }) => kind === 'measured');
  const [start, end] = [measured[0]?.start_s ?? 0, measured.at(-1)?.end_s ?? 0];
  return intervals.flatMap(({ t, latencies }) => {
    const y = own(latencies, metric)?.[`${aggregation}_us`];
    return t >= start && t + 1 <= end && typeof y === 'number' ? [{ x: t, y }] : [];
  });
}

/** What the run knows of the processes behind a stack has other roles too: databases, balancers. */
function relaysOf({ components }: DriftSources): DriftSources['components'] {
  return components.filter(({ role }) => /\brelay\b/i.test(role));
}
