import { describe, expect, it } from 'vitest';
import { rateLimiterOf, rateLimiterText } from '../../../src/record/rate-limiter.ts';
import type { RunRecord } from '../../../src/record/schema.ts';
import { sampleRecord } from '../../support/sample-record.ts';

const base = sampleRecord('pass');
const [row] = base.intervals;
if (row === undefined) throw new Error('the sample has no second');

type Second = Pick<RunRecord['intervals'][number], 'sent' | 'acked' | 'completed'>;

/** A run whose measured seconds are these. */
function run(counters: Partial<RunRecord['counters']>, seconds: readonly Second[]) {
  const measured = base.load.phases.find(({ kind }) => kind === 'measured')?.name ?? '';
  const intervals = seconds.map((second, t) => ({ ...row, t, phase: measured, ...second }) as never);
  return { ...base, counters: { ...base.counters, ...counters }, intervals };
}

const TEN = { sent: 200, acked: 10, completed: 0 };
const EVENTS = { events_sent: 2_000, events_rejected: { 'rate-limited': 1_900 } };

describe('the rate limiter that a run has met', () => {
  it('is told with the rate that it lets through', () => {
    const found = rateLimiterOf(run(EVENTS, [TEN, TEN, { ...TEN, acked: 11 }, TEN]));
    expect(found).toEqual({ what: 'events', refused: 1_900, sent: 2_000, from_per_s: 10 });
    expect(rateLimiterText(found as never)).toBe(
      'measured was the rate limiter of the relay, not the relay: it refuses from about 10 events/s on (rate-limited: 1,900 of 2,000 events)',
    );
  });

  it('is judged by the seconds in which it refused: lower levels passed', () => {
    const free = { sent: 50, acked: 50, completed: 0 };
    const limited = { sent: 400, acked: 100, completed: 0 };
    const counters = { events_sent: 950, events_rejected: { 'rate-limited': 600 } };
    const found = rateLimiterOf(run(counters, [free, free, free, limited, limited]));
    expect(found?.from_per_s).toBe(100);
  });

  it('is the one of queries where those are limited more', () => {
    const counters = { ...EVENTS, queries_sent: 100, query_closes: { 'rate-limited': 99 } };
    expect(rateLimiterOf(run(counters, [{ sent: 10, acked: 0, completed: 1 }]))).toMatchObject({
      what: 'queries',
      from_per_s: 1,
    });
  });

  it('is none where a relay refuses for other reasons, or hardly ever', () => {
    const others = { events_sent: 2_000, events_rejected: { blocked: 1_900, 'rate-limited': 50 } };
    expect(rateLimiterOf(run(others, [TEN]))).toBeNull();
  });

  describe('that tells so by NOTICE and answers nothing', () => {
    const silent = { events_sent: 2_000, events_timeout: 1_900, notices: 1_900 };
    const withNotices = (noticeSamples: string[], counters = silent) => ({
      ...run(counters, [TEN, TEN]),
      noticeSamples,
    });

    it('is recognised by what most notices say, and by how many there are', () => {
      const found = rateLimiterOf(withNotices(['rate limited', 'rate limited', 'hello']));
      expect(found).toEqual({ what: 'events', refused: 1_900, sent: 2_000, from_per_s: 10, byNotice: true });
      expect(rateLimiterText(found as never)).toContain(
        '(by NOTICE, without an answer: 1,900 of 2,000 events)',
      );
    });

    it.each([
      ['none says so', ['hello'], silent],
      ['one of many says so', ['rate limited', 'hello', 'hello'], silent],
      ['there are too few for what was left unanswered', ['rate limited'], { ...silent, notices: 100 }],
      ['hardly anything was left unanswered', ['rate limited'], { ...silent, events_timeout: 50 }],
    ])('is none where %s', (_why, samples, counters) => {
      expect(rateLimiterOf(withNotices(samples, counters))).toBeNull();
    });
  });

  it('has no rate where no second tells it', () => {
    const found = rateLimiterOf(run(EVENTS, []));
    expect(found?.from_per_s).toBeNull();
    expect(rateLimiterText(found as never)).toContain('it refuses (rate-limited');
  });
});
