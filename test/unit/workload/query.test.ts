import { describe, expect, it } from 'vitest';
import { monotonicNs } from '../../../src/base/clock.ts';
import { markerTag } from '../../../src/corpus/marker.ts';
import { QUERY_SERIES, queryHarness, STORED_TAG } from '../../support/query-harness.ts';

const LATE = QUERY_SERIES.indexOf('late_latency');
const STORED = eventFrame(STORED_TAG);
/** Published while the query waits. */
const LIVE = eventFrame('cafe0123');

function eventFrame(tag: string): Buffer {
  return Buffer.from(`["EVENT","q00000000",{"tags":[["rb","${markerTag(tag, 0, 0)}"]]}]`);
}

type Harness = ReturnType<typeof queryHarness>;

function answer({ query }: Harness, frames: readonly Buffer[], sequence = 0): void {
  for (const frame of frames) query.onEvent(1, sequence, frame);
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

describe('the limit of an answer', () => {
  it('does not count events that came live between the stored ones', () => {
    const harness = queryHarness({ limit: 3 });
    harness.ask();
    answer(harness, [STORED, LIVE, STORED, ...times(400, LIVE), STORED]);
    harness.query.onEose(1, 0);
    expect(harness.sink.counts).toMatchObject({ 'queries_completed/0': 1, 'query_events_received/0': 404 });
    expect(harness.sink.counts['query_overflows/0']).toBe(undefined);
  });

  it('counts every stored event', () => {
    const harness = queryHarness({ limit: 3 });
    harness.ask();
    answer(harness, [STORED, LIVE, STORED, STORED, STORED]);
    harness.query.onEose(1, 0);
    expect(harness.sink.counts).toMatchObject({ 'queries_completed/0': 1, 'query_overflows/0': 1 });
  });

  it('is no reason to close a query while everything beyond it may be live', () => {
    const harness = queryHarness({ limit: 3, mayComeLive: () => 1_000 });
    harness.ask();
    answer(harness, times(1_000, LIVE));
    expect(harness.closes).toEqual([]);
    harness.query.onEose(1, 0);
    expect(harness.sink.counts['queries_closed/0']).toBe(undefined);
  });

  it('ends a query to which stored events come without an end', () => {
    const harness = queryHarness({ limit: 3, mayComeLive: () => 1_000 });
    harness.ask();
    answer(harness, times(107, STORED));
    expect(harness.closes).toEqual([1]);
    expect(harness.sink.counts).toMatchObject({ 'queries_closed/0': 1, 'query_overflows/0': 1 });
  });
});

describe('the evidence of a query', () => {
  const FILTER = { kinds: [1], limit: 3 };
  const asked = { connection: 1, subscription: 'q00000000', filter: FILTER, expected: [], got: [] };

  it('has what was asked and how much came of an answer with too many events', () => {
    const harness = queryHarness({ limit: 3 });
    harness.ask();
    answer(harness, [STORED, LIVE, STORED, STORED, STORED]);
    harness.query.onEose(1, 0);
    const note = 'at least 4 stored events came, the limit is 3';
    expect(harness.cases.kept).toEqual([{ counter: 'query_overflows', evidence: { ...asked, note } }]);
  });

  it('has it also where this side ended the answer', () => {
    const harness = queryHarness({ limit: 3 });
    harness.ask();
    answer(harness, times(107, STORED));
    expect(harness.cases.kept.map(({ counter }) => counter)).toEqual(['query_overflows']);
  });

  it('has what was asked and how much came without an EOSE', () => {
    const harness = queryHarness({ limit: 3 });
    harness.ask();
    answer(harness, [STORED, STORED]);
    harness.query.expire(monotonicNs() + 2e9);
    const note = '2 events came and no EOSE in time';
    expect(harness.cases.kept).toEqual([{ counter: 'queries_timeout', evidence: { ...asked, note } }]);
  });

  it('is not kept of what ends rightly', () => {
    const harness = queryHarness({ limit: 3 });
    harness.ask();
    answer(harness, [STORED, STORED, STORED]);
    harness.query.onEose(1, 0);
    expect(harness.cases.kept).toEqual([]);
  });
});

describe('what comes after the end of a query', () => {
  it('is late where the query was given up: EVENT and EOSE, which ends the subscription', () => {
    const harness = queryHarness({});
    harness.ask();
    harness.query.expire(monotonicNs() + 2e9);
    expect(harness.query.onEvent(1, 0, STORED)).toBe(true);
    expect(harness.query.onEose(1, 0)).toBe(true);
    expect(harness.sink.counts).toMatchObject({ 'queries_timeout/0': 1, 'replies_late/0': 2 });
    expect(harness.sink.of(LATE)).toHaveLength(2);
    expect(harness.closes).toEqual([1]);
    expect(harness.lateStored).toEqual([]);
  });

  it('is late where this side ended it: EOSE after our CLOSE', () => {
    const harness = queryHarness({ limit: 3 });
    harness.ask();
    answer(harness, times(107, STORED));
    expect(harness.query.onEose(1, 0)).toBe(true);
    expect(harness.sink.counts['replies_late/0']).toBe(1);
  });

  it('is a fault after EOSE where the event was stored before, and none where it may be live', () => {
    const harness = queryHarness({});
    harness.ask();
    harness.query.onEose(1, 0);
    answer(harness, [LIVE, STORED]);
    expect(harness.lateStored).toEqual([0]);
    expect(harness.sink.counts['replies_late/0']).toBe(2);
  });

  it('answers nothing where it is a second EOSE, or of a query that nobody asked', () => {
    const harness = queryHarness({});
    harness.ask();
    harness.query.onEose(1, 0);
    expect([harness.query.onEose(1, 0), harness.query.onEose(1, 9_999)]).toEqual([false, false]);
    expect(harness.query.onEvent(1, 9_999, STORED)).toBe(false);
  });

  it('may be CLOSED, which answers our CLOSE', () => {
    const harness = queryHarness({});
    harness.ask();
    harness.query.onEose(1, 0);
    expect(harness.query.onClosed(1, 0, 'other')).toBe(true);
    expect(harness.sink.counts['queries_closed/0']).toBe(undefined);
  });
});

describe('a query that is refused until the client authenticates', () => {
  it('is asked again under the same id, and has one fate', () => {
    const harness = queryHarness({ limit: 3 });
    harness.ask();
    harness.query.hold(1, 0)?.again();
    // What went out beside the measured stream.
    expect(harness.closes).toEqual([1]);
    answer(harness, [STORED]);
    harness.query.onEose(1, 0);
    expect(harness.sink.counts).toMatchObject({
      'queries_sent/0': 1,
      'queries_retried_after_auth/0': 1,
      'queries_completed/0': 1,
    });
  });

  it('is closed with its prefix where the refusal stands', () => {
    const harness = queryHarness({ limit: 3 });
    harness.ask();
    harness.query.hold(1, 0)?.refuse();
    expect(harness.sink.counts).toMatchObject({ 'queries_closed/0': 1, 'query_closes:auth-required/0': 1 });
  });

  it('is not asked again where some of its answer has come, or nobody waits for it', () => {
    const harness = queryHarness({ limit: 3 });
    harness.ask();
    answer(harness, [STORED]);
    expect(harness.query.hold(1, 0)).toBeNull();
    expect(harness.query.hold(1, 7)).toBeNull();
  });
});
