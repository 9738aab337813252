import { describe, expect, it } from 'vitest';
import type { NamedRun } from '../../../src/compare/comparable.ts';
import { standingOf } from '../../../src/compare/standing.ts';
import { type Standing, standingSchema } from '../../../src/compare/standing-schema.ts';
import type { RunRecord } from '../../../src/record/schema.ts';
import { buildStandingDocument } from '../../../src/report/comparison/standing-document.ts';
import { named, runOf, runsOf, withUnanswered } from '../../support/sample-runs.ts';

const options = { alpha: 0.05, minEffect: 0.05 };
const rowOf = (standing: Standing, key: string) => standing.rows.find((row) => row.key === key);

describe('relays side by side', () => {
  const standing = standingOf(
    [
      { name: 'slow', runs: runsOf(5, 2, 0.01, 1) },
      { name: 'fast', runs: runsOf(5, 1, 0.01, 2) },
      { name: 'middle', runs: runsOf(5, 1.5, 0.01, 3) },
    ],
    options,
  );

  it('match their schema', () => {
    expect(standingSchema.parse(standing)).toEqual(standing);
  });

  it('name the relay that is better than every other one', () => {
    expect(rowOf(standing, 'ack_latency p95')?.best).toBe('fast');
    expect(rowOf(standing, 'ack_ratio')?.best).toBeNull();
  });

  it('show the median with the range of the runs', () => {
    const [slow] = rowOf(standing, 'ack_latency p95')?.entries ?? [];
    expect(slow?.values).toHaveLength(5);
    expect(slow?.low).toBeLessThan(slow?.median ?? 0);
    expect(slow?.high).toBeGreaterThan(slow?.median ?? Number.POSITIVE_INFINITY);
  });

  it('name nobody after three rounds, and say why', () => {
    const few = standingOf(
      [
        { name: 'a', runs: runsOf(3, 2, 0.01, 1) },
        { name: 'b', runs: runsOf(3, 1, 0.01, 2) },
      ],
      options,
    );
    expect(few.rows.every(({ best }) => best === null)).toBe(true);
    expect(few.warnings).toContain('3 rounds are too few to name a best relay: 4 are needed');
  });

  it('are refused where they did not carry out the same load', () => {
    const other = runOf(1, { corpus: { ...runOf(1).corpus, fingerprint: 'other' } });
    const standings = (): unknown =>
      standingOf(
        [
          { name: 'a', runs: [named('a.json', runOf(1))] },
          { name: 'b', runs: [named('b.json', other)] },
        ],
        options,
      );
    expect(standings).toThrow(expect.objectContaining({ code: 'NOT_COMPARABLE' }));
  });
});

describe('the cross-check of answers', () => {
  const finding = (events: number): RunRecord =>
    runOf(1, { counters: { ...runOf(1).counters, query_events_received: events } });
  const answers = (one: RunRecord, other: RunRecord) =>
    standingOf(
      [
        { name: 'a', runs: [named('a.json', one)] },
        { name: 'b', runs: [named('b.json', other)] },
      ],
      options,
    ).answers;

  it('marks relays that found different numbers of events', () => {
    const [events] = answers(finding(20_000), finding(12_000));
    expect(events).toMatchObject({
      what: 'events a query',
      differs: true,
      entries: [
        { relay: 'a', value: 20 },
        { relay: 'b', value: 12 },
      ],
    });
  });

  it('finds answers alike that differ by less than one in a hundred', () => {
    expect(answers(finding(20_000), finding(19_900))[0]?.differs).toBe(false);
  });

  it('looks at every filter by itself', () => {
    expect(answers(finding(1), finding(1)).map(({ what }) => what)).toContain(
      'queries of home-feed that found anything',
    );
  });
});

const versus = (
  one: readonly NamedRun[],
  other: readonly NamedRun[],
  validity: 'valid' | 'invalid' = 'valid',
) =>
  standingOf(
    [
      { name: 'a', runs: one },
      { name: 'b', runs: other },
    ],
    { ...options, validity },
  );

describe('who is best', () => {
  it('is tested two-sided and over all judged rows, so four rounds name nobody among three latencies', () => {
    const found = versus(runsOf(4, 1, 0.01, 1), runsOf(4, 3, 0.01, 2));
    expect(rowOf(found, 'ack_latency p95')).toMatchObject({ judged: true, best: null });
    expect(rowOf(found, 'ack_latency p95')?.p).toBeCloseTo(3 * (2 / 70), 9);
    expect(found.warnings).toContain(
      '4 rounds are too few to name a best relay over 3 figures: 5 are needed',
    );
  });

  it('is not asked of rows that decide nothing', () => {
    const found = versus(runsOf(5, 1, 0.01, 1), runsOf(5, 3, 0.01, 2));
    expect(rowOf(found, 'ack_latency p95')).toMatchObject({ judged: true, best: 'a' });
    expect(rowOf(found, 'ack_latency p50')).toMatchObject({ judged: false, p: null, best: null });
  });

  it('comes with the difference that the rounds can find', () => {
    const found = versus(runsOf(5, 1, 0.08, 1), runsOf(5, 1, 0.08, 2));
    expect(rowOf(found, 'ack_latency p95')?.detectable).toBeGreaterThan(0.1);
    expect(rowOf(found, 'ack_ratio')?.detectable).toBeNull();
  });

  it('is never a relay that leaves more than 5 % unanswered', () => {
    const silent = runsOf(5, 0.5, 0.01, 1).map(({ name, record }) => named(name, withUnanswered(record, 30)));
    const found = versus(silent, runsOf(5, 1, 0.01, 2));
    const [entry] = rowOf(found, 'ack_latency p95')?.entries ?? [];
    expect(rowOf(found, 'ack_latency p95')?.best).toBe('b');
    expect(entry).toMatchObject({ median: null, runs: 5 });
    expect(entry?.atLeast?.median).toBeGreaterThan(0);
  });
});

describe('a percentile that rests on a part of the runs', () => {
  const without = ({ name, record }: NamedRun): NamedRun => {
    const ack = record.metrics['ack_latency'];
    if (ack === undefined) throw new Error('no ack_latency');
    return named(name, { ...record, metrics: { ...record.metrics, ack_latency: { ...ack, p95_us: null } } });
  };

  it('is withheld where the others were slow, and says how many have it', () => {
    const half = [...runsOf(2, 1, 0.01, 1), ...runsOf(2, 4, 0.01, 2).map(without)];
    const [entry] = rowOf(versus(half, runsOf(4, 1, 0.01, 3)), 'ack_latency p95')?.entries ?? [];
    expect(entry).toMatchObject({ median: null, low: null, high: null, runs: 2 });
    expect(entry?.withheld).toContain('2 of 4 runs have too few operations');
  });

  it('is given where the others are like them, with their number', () => {
    const most = runsOf(4, 1, 0.01, 1).map((run, at) => (at === 0 ? without(run) : run));
    const found = versus(most, runsOf(4, 1, 0.01, 3));
    expect(rowOf(found, 'ack_latency p95')?.entries[0]).toMatchObject({
      runs: 3,
      median: expect.any(Number),
    });
    expect(JSON.stringify(buildStandingDocument(found))).toContain('3 of 4 runs');
  });
});

describe('a table of relays', () => {
  it('has a row for deliveries that came twice, and for wrong events where some were looked at', () => {
    const counters = {
      ...runOf(1).counters,
      deliveries_duplicate: 7,
      events_verified: 100,
      events_invalid: 3,
    };
    const troubled = Array.from({ length: 4 }, (_, at) => named(`${at}.json`, runOf(1, { counters })));
    const found = versus(runsOf(4, 1, 0.01, 1), troubled);
    expect(rowOf(found, 'deliveries_duplicate')?.entries.map(({ median }) => median)).toEqual([0, 7]);
    expect(rowOf(found, 'events_invalid')?.entries.map(({ median }) => median)).toEqual([0, 3]);
    expect(rowOf(found, 'stray_frames')).toBeUndefined();
  });

  it('shows invalid rounds where there are no others, marked so and without a star', () => {
    const late = (runs: readonly NamedRun[]) =>
      runs.map(({ name, record }) =>
        named(name, {
          ...record,
          validity: {
            verdict: 'invalid',
            reasons: ['late'],
            owners: ['generator'],
            kinds: ['generator-late'],
          },
        }),
      );
    const found = versus(late(runsOf(5, 1, 0.01, 1)), late(runsOf(5, 3, 0.01, 2)), 'invalid');
    expect(found.validity).toBe('invalid');
    expect(rowOf(found, 'ack_latency p95')?.entries[0]?.median).toBeGreaterThan(0);
    expect(found.rows.every(({ best, judged }) => best === null && !judged)).toBe(true);
    expect(found.warnings[0]).toContain('every round was invalid');
    expect(buildStandingDocument(found).headline.word).toBe('INVALID');
  });
});
