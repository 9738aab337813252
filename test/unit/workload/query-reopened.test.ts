import { expect, it } from 'vitest';
import { monotonicNs } from '../../../src/base/clock.ts';
import { QUERY_SERIES, queryHarness } from '../../support/query-harness.ts';

const EVENT = Buffer.from('["EVENT","q00000000",{"id":"","tags":[]}]');
const FIRST = QUERY_SERIES.indexOf('first_event_latency', 'feed');

/** A query of which one event has come before its connection was lost. */
function lost() {
  const harness = queryHarness({});
  harness.ask();
  harness.query.onEvent(1, 0, EVENT);
  harness.away.add(1);
  harness.query.onConnectionClosed(1);
  return harness;
}

it('asks once more, from the beginning, when its connection is back: one query, one first event', () => {
  const { query, sink, away, closes } = lost();
  expect(query.pending).toBe(1);
  away.delete(1);
  query.onConnectionReopened(1);
  expect(closes).toHaveLength(1);
  query.onEvent(1, 0, EVENT);
  query.onEose(1, 0);
  expect(sink.counts).toMatchObject({ 'queries_sent/0': 1, 'queries_resent/0': 1, 'queries_completed/0': 1 });
  expect(sink.counts['queries_lost_at_close/0']).toBeUndefined();
  expect(sink.of(FIRST)).toHaveLength(1);
});

it('is lost where its client is away until the run ends, not before', () => {
  const { query, sink } = lost();
  query.expire(monotonicNs() + 2e9);
  expect(query.pending).toBe(1);
  query.expireAll();
  expect(sink.counts).toMatchObject({ 'queries_lost_at_close/0': 1 });
  expect(sink.counts['queries_timeout/0']).toBeUndefined();
});
