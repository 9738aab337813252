import { describe, expect, it } from 'vitest';
import { standingOf } from '../../../src/compare/standing.ts';
import { type Standing, standingSchema } from '../../../src/compare/standing-schema.ts';
import type { RunRecord } from '../../../src/record/schema.ts';
import { named, runOf, runsOf } from '../../support/sample-runs.ts';

const options = { alpha: 0.05, minEffect: 0.05 };
const rowOf = (standing: Standing, key: string) => standing.rows.find((row) => row.key === key);

describe('relays side by side', () => {
  const standing = standingOf(
    [
      { name: 'slow', runs: runsOf(4, 2, 0.01, 1) },
      { name: 'fast', runs: runsOf(4, 1, 0.01, 2) },
      { name: 'middle', runs: runsOf(4, 1.5, 0.01, 3) },
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
    expect(slow?.values).toHaveLength(4);
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
    expect(few.warnings).toContain('3 rounds name no best relay: 4 are needed');
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
