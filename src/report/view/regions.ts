import { own } from '../../base/own.ts';
import { BASE_LATENCIES } from '../../metric/catalogue.ts';
import { type BaseLatency, latencyDefinition } from '../../metric/latencies.ts';
import { REGION, seriesKey } from '../../metric/series.ts';
import type { Region, RegionReads } from '../../record/regions-schema.ts';
import type { RunRecord } from '../../record/schema.ts';
import { bytes, count, duration, limitsOn, NOTHING, percent } from '../quantity.ts';
import { type Cell, cell, columns, row, type Section } from './document.ts';

const US_PER_MS = 1_000;

/** Latencies that a run is remembered by and that are told by region, and what they are called. */
const LATENCIES: readonly (readonly [metric: BaseLatency, words: string])[] = BASE_LATENCIES.flatMap(
  (metric) => {
    const { labels, headline } = latencyDefinition(metric);
    return headline !== undefined && labels.includes(REGION) ? [[metric, headline.title] as const] : [];
  },
);
const SHOWN = ['p50', 'p95'] as const;

/** Where reads were answered, what the ways to the origin carried, and latencies near and far; null without regions. */
export function regionsSection(record: RunRecord): Section | null {
  const { regions } = record;
  if (regions === undefined) return null;
  const { each } = regions;
  return {
    title: 'Regions',
    topic: 'load',
    note: noteOf(regions),
    content: {
      kind: 'table',
      columns: columns('', ...each.map(({ name }) => `>${name}`), '>together'),
      rows: [
        row('way to the origin and back', ...each.map(rttText), ''),
        row(
          'edges',
          ...each.map(({ edges }) => count(edges.length)),
          count(sum(each.map(({ edges }) => edges.length))),
        ),
        ...readRows(each),
        ...wanRows(each),
        ...eventRows(each),
        ...latencyRows(record, each),
      ],
    },
  };
}

function noteOf({ offload, originQueries }: NonNullable<RunRecord['regions']>): string {
  const asked =
    originQueries === null ? '' : `; the origin answered ${count(originQueries)} queries, whoever asked`;
  const spared = offload === null ? '' : `; edges spared it ${percent(offload)} of the questions`;
  return `measured phases; a read is a filter of a REQ, or a page${asked}${spared}`;
}

function rttText({ rtt_ms }: Region): string {
  return rtt_ms === null ? NOTHING : duration(rtt_ms * US_PER_MS);
}

type Tier = 'httpCache' | 'edge' | 'shared' | 'origin';

/** Tiers in the order in which a read meets them. */
const TIERS: readonly (readonly [key: Tier, words: string])[] = [
  ['httpCache', '  by the cache for pages'],
  ['edge', '  by what edges held'],
  ['shared', "  with another's question"],
  ['origin', '  by the origin'],
];

function readRows(each: readonly Region[]): Cell[][] {
  const all = each.map(({ reads }) => reads);
  if (all.every((reads) => reads === null)) return [];
  const stale = all.some((reads) => (reads?.edgeStale ?? 0) > 0);
  return [
    row('reads', ...withSum(all, (reads) => reads.total, count)),
    ...TIERS.map(([key, words]) => row(words, ...shares(all, key))),
    ...(stale
      ? [row('  held, while the origin was away', ...withSum(all, (reads) => reads.edgeStale, count))]
      : []),
    ...(all.some((reads) => reads?.questions !== undefined)
      ? [row('questions to the origin', ...withSum(all, ({ questions }) => questions ?? null, count))]
      : []),
  ];
}

/** How many reads of each region, and of all, one tier has answered, and their share. */
function shares(all: readonly (RegionReads | null)[], key: Tier): string[] {
  const known = all.filter((reads) => reads !== null);
  const text = (part: number, total: number): string =>
    total === 0 ? count(part) : `${count(part)} (${percent(part / total)})`;
  return [
    ...all.map((reads) => (reads === null ? NOTHING : text(reads[key], reads.total))),
    text(sum(known.map((reads) => reads[key])), sum(known.map(({ total }) => total))),
  ];
}

function wanRows(each: readonly Region[]): Cell[][] {
  const all = each.map(({ wan }) => wan);
  if (all.every((wan) => wan === null)) return [];
  return [
    row('bytes from the origin', ...withSum(all, ({ fromOrigin_bytes }) => fromOrigin_bytes, bytes)),
    row('bytes to the origin', ...withSum(all, ({ toOrigin_bytes }) => toOrigin_bytes, bytes)),
  ];
}

function eventRows(each: readonly Region[]): Cell[][] {
  const all = each.map(({ events }) => events);
  if (all.every((events) => events === null)) return [];
  return [
    row('live events from the origin', ...withSum(all, ({ fromOrigin }) => fromOrigin, count)),
    row('  deliveries of them to clients', ...withSum(all, ({ toClients }) => toClients, count)),
  ];
}

function latencyRows(record: RunRecord, each: readonly Region[]): Cell[][] {
  return LATENCIES.flatMap(([metric, words]) => {
    const summaries = each.map(({ name }) => own(record.metrics, seriesKey(metric, { [REGION]: name })));
    if (summaries.every((summary) => summary === undefined)) return [];
    const whole = own(record.metrics, metric);
    return SHOWN.map((quantile) => {
      const texts = [...summaries, whole].map((summary) =>
        duration(summary?.[`${quantile}_us`] ?? null, limitsOn(record, metric, quantile)),
      );
      return [cell(`${words}, ${quantile}`), ...texts.map((text) => cell(text))];
    });
  });
}

/** A text for each region, and one for their sum. */
function withSum<T>(
  all: readonly (T | null)[],
  valueIn: (of: T) => number | null,
  text: (value: number) => string,
): string[] {
  const values = all.map((each) => (each === null ? null : valueIn(each)));
  return [
    ...values.map((value) => (value === null ? NOTHING : text(value))),
    text(sum(values.map((value) => value ?? 0))),
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
