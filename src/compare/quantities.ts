import { own } from '../base/own.ts';
import { type Bound, exactly, maxBound, meanBound, quantileBound } from '../metric/bound.ts';
import { ANSWER_LATENCIES, HEADLINES, isOfGenerator, type LatencyMetric } from '../metric/catalogue.ts';
import { COUNTER_MAP_NAMES, COUNTER_MAPS, counterMapDefinition } from '../metric/counter-maps.ts';
import { COUNTER_NAMES, COUNTERS, type CounterMetric, counterDefinition } from '../metric/counters.ts';
import type { Direction } from '../metric/definition.ts';
import { RATIOS, type RatioMetric } from '../metric/ratios.ts';
import { parseSeriesKey } from '../metric/series.ts';
import { QUANTILE_NAMES } from '../metric/summary.ts';
import { REGION_SERIES } from '../record/regions-schema.ts';
import type { RunRecord } from '../record/schema.ts';
import type { Quantity } from './schema.ts';

/** What of a run is compared, with its value or the least that it can be; null where the run has none. */
export interface RunQuantity extends Pick<Quantity, 'key' | 'series' | 'aggregation' | 'unit' | 'direction'> {
  readonly value: Bound | null;
}

/**
 * Everything in a record of which one direction is better: latencies, ratios, throughput and counters of trouble.
 * The generator's own lateness is none of the relay's business and left out.
 */
export function runQuantities(record: RunRecord): RunQuantity[] {
  return [
    ...latencies(record),
    ...throughput(record),
    ...ratios(record),
    ...counters(record),
    ...ofRegions(record),
  ];
}

/**
 * Keys of the quantities that decide the verdict where the user names none: p95 of what users wait for (of opening
 * connections where nothing else is measured), every ratio, and the throughput where replies set the pace.
 */
export function gatedByDefault(quantities: readonly RunQuantity[], model: 'open' | 'closed'): string[] {
  const keys = quantities.map(({ key }) => key);
  const waited = HEADLINES.map((name) => `${name} p95`).filter((key) => keys.includes(key));
  const latencyKeys = waited.length > 0 ? waited : ['connect_latency p95'];
  const rates = model === 'closed' ? ANSWER_LATENCIES.map((name) => `${name} rate`) : [];
  return [...latencyKeys, ...rates, ...Object.keys(RATIOS)].filter((key) => keys.includes(key));
}

/** What a relay sends and should not, by the counter that says it was looked for; null where that is always so. */
const TROUBLES: ReadonlyMap<string, CounterMetric | null> = new Map(
  [
    ...COUNTER_NAMES.map((name) => [name, counterDefinition(name)] as const),
    ...COUNTER_MAP_NAMES.map((name) => [name, counterMapDefinition(name)] as const),
  ].flatMap(([name, { trouble }]) =>
    trouble === undefined ? [] : [[name, trouble.outOf as CounterMetric | null] as const],
  ),
);

/** Whether a table of relays has a row for this counter: where it was looked for, or anything was found. */
export function isShownTrouble(series: string, records: readonly RunRecord[]): boolean {
  const looked = TROUBLES.get(series);
  if (looked === undefined) return false;
  return records.some(
    (record) =>
      (looked !== null && record.counters[looked] > 0) ||
      runQuantities(record).some((one) => one.series === series && (one.value?.value ?? 0) > 0),
  );
}

function latencies(record: RunRecord): RunQuantity[] {
  return Object.entries(record.metrics)
    .filter(([series]) => isOfTheTarget(series))
    .flatMap(([series, summary]) => {
      const values = [
        ...QUANTILE_NAMES.map((name) => [name, quantileBound(summary, name)] as const),
        ['mean', meanBound(summary)] as const,
        ['max', maxBound(summary)] as const,
      ];
      return values.map(([aggregation, value]) =>
        quantity({ series, aggregation, unit: 'us', direction: 'lower', value }),
      );
    });
}

function isOfTheTarget(series: string): boolean {
  const name = parseSeriesKey(series)?.name;
  return name !== undefined && !isOfGenerator(name as LatencyMetric);
}

function throughput({ metrics, load }: RunRecord): RunQuantity[] {
  return HEADLINES.flatMap((series) => {
    const summary = own(metrics, series);
    if (summary === undefined || load.measured_s <= 0) return [];
    const value = exactly(summary.count / load.measured_s);
    return [quantity({ series, aggregation: 'rate', unit: 'per_s', direction: 'higher', value })];
  });
}

function ratios(record: RunRecord): RunQuantity[] {
  return Object.entries(record.ratios).flatMap(([name, value]) => {
    if (!Object.hasOwn(RATIOS, name)) return [];
    const { direction } = RATIOS[name as RatioMetric];
    const known = value === null ? null : exactly(value);
    return [quantity({ series: name, aggregation: 'ratio', unit: 'ratio', direction, value: known })];
  });
}

/** Of the counters only those of trouble: what is better the more there is follows from the load. */
function counters(record: RunRecord): RunQuantity[] {
  const of = (name: string, direction: Direction, value: number): RunQuantity[] =>
    direction === 'lower'
      ? [quantity({ series: name, aggregation: 'count', unit: 'count', direction, value: exactly(value) })]
      : [];
  return [
    ...COUNTER_NAMES.flatMap((name) => of(name, COUNTERS[name].direction, record.counters[name])),
    ...COUNTER_MAP_NAMES.flatMap((name) =>
      of(name, COUNTER_MAPS[name].direction, total(Object.values(record.counters[name]))),
    ),
  ];
}

/** What clients in several regions cost their origin. */
function ofRegions({ regions }: RunRecord): RunQuantity[] {
  if (regions === undefined) return [];
  const { each, offload, originQueries } = regions;
  const wans = each.flatMap(({ wan }) => wan ?? []);
  const all = total(wans.map(({ toOrigin_bytes, fromOrigin_bytes }) => toOrigin_bytes + fromOrigin_bytes));
  // A sum of some of them is less than another run's of all.
  const bytes = wans.length === 0 || wans.length < each.length ? null : all;
  const known = (value: number | null): Bound | null => (value === null ? null : exactly(value));
  const counted = { aggregation: 'count', unit: 'count', direction: 'lower' } as const;
  return [
    quantity({ ...counted, series: REGION_SERIES.queries, value: known(originQueries) }),
    quantity({ ...counted, series: REGION_SERIES.bytes, value: known(bytes) }),
    quantity({
      ...{ series: REGION_SERIES.offload, aggregation: 'ratio', unit: 'ratio', direction: 'higher' },
      value: known(offload),
    }),
  ];
}

function quantity(parts: Omit<RunQuantity, 'key'>): RunQuantity {
  const { series, aggregation, unit } = parts;
  return { key: unit === 'ratio' || unit === 'count' ? series : `${series} ${aggregation}`, ...parts };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
