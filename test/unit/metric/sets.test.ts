import { describe, expect, test } from 'vitest';
import { COUNTER_MAPS } from '../../../src/metric/counter-maps.ts';
import { COUNTERS } from '../../../src/metric/counters.ts';
import type { MetricSet } from '../../../src/metric/definition.ts';
import { LATENCIES } from '../../../src/metric/latencies.ts';
import { RATIOS } from '../../../src/metric/ratios.ts';
import { METRIC_SETS } from '../../../src/metric/sets.ts';
import { SOURCES } from '../../../src/metric/source.ts';

const counted = new Set([...Object.keys(COUNTERS), ...Object.keys(COUNTER_MAPS)]);
const inBraces = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

/** Every name of a counter that a set uses somewhere. */
function countersUsed(set: MetricSet): readonly string[] {
  const { accounts, balances, rows, figures, ratios, maps, counters } = set;
  const entries = [...Object.values(maps), ...Object.values(counters)];
  return [
    ...accounts.flatMap((each) => [each.sent, each.unsent, each.dropped, each.lost, ...each.asGood]),
    ...accounts.flatMap((each) => Object.values(each.ends)),
    ...balances.flatMap((each) => [each.total, ...Object.values(each.outcomes)]),
    ...rows.flatMap((each) => [...each.shownFor, ...inBraces(each.text)]),
    ...rows.flatMap(({ detail }) => (typeof detail === 'string' ? inBraces(detail) : Object.values(detail))),
    ...figures.flatMap((each) => [each.shownFor, ...inBraces(each.detail)]),
    ...Object.values(ratios).flatMap(({ of }) => (of === null ? [] : [...of.part, ...of.whole])),
    ...entries.flatMap(({ trouble }) => trouble?.outOf ?? []),
    ...Object.values(maps).flatMap(({ needs }) => needs?.counter ?? []),
    ...Object.values(counters).flatMap(({ explainedBy }) => explainedBy ?? []),
  ];
}

describe.each(METRIC_SETS.map((set) => [Object.keys(set.sources).join(), set as MetricSet] as const))(
  'the metrics of %s',
  (_, set) => {
    test('name counters of the catalogue', () => {
      expect(countersUsed(set).filter((name) => !counted.has(name))).toEqual([]);
    });

    test('name latencies and ratios of the catalogue', () => {
      const latencies = set.accounts.map(({ answer }) => answer);
      const ratios = [...set.accounts.map(({ ratio }) => ratio), ...set.figures.map(({ ratio }) => ratio)];
      expect(latencies.filter((name) => !Object.hasOwn(LATENCIES, name))).toEqual([]);
      expect(ratios.filter((name) => !Object.hasOwn(RATIOS, name))).toEqual([]);
    });

    test('come from sources that are listed', () => {
      const entries = [set.latencies, set.ratios, set.counters, set.maps].flatMap((part) =>
        Object.values(part),
      );
      const counts = [...Object.values(set.counters), ...Object.values(set.maps)];
      const sources = [
        ...entries.map(({ source }) => source),
        ...counts.flatMap(({ gate }) => gate?.needs ?? []),
      ];
      expect(sources.filter((source) => !Object.hasOwn(SOURCES, source))).toEqual([]);
    });
  },
);

test('the lost operations of an account are one of its ends', () => {
  for (const { ends, lost } of METRIC_SETS.flatMap((set: MetricSet) => set.accounts))
    expect(Object.values(ends)).toContain(lost);
});
