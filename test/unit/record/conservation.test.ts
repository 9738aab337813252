import { describe, expect, it } from 'vitest';
import { type PerNoun, perNoun } from '../../../src/metric/accounts.ts';
import { checkConservation } from '../../../src/record/conservation.ts';
import { noCounters } from '../../support/sample-record.ts';

/** What was scheduled; of what is not named, nothing. */
const offered = (numbers: Partial<PerNoun>): PerNoun => ({ ...perNoun(() => 0), ...numbers });

describe('checkConservation', () => {
  it('finds nothing when every event, query and delivery has one outcome', () => {
    const counters = {
      ...noCounters(),
      events_unsent: 3,
      events_dropped: 2,
      events_sent: 10,
      events_accepted: 4,
      events_duplicate: 1,
      events_rejected: { blocked: 1, 'rate-limited': 1 },
      events_timeout: 2,
      events_lost_at_close: 1,
      queries_unsent: 1,
      queries_dropped: 1,
      queries_sent: 6,
      queries_completed: 3,
      queries_closed: 1,
      queries_timeout: 1,
      queries_lost_at_close: 1,
      query_overflows: 1,
      deliveries_expected: 5,
      deliveries_received: 4,
      deliveries_missing: 1,
    };
    expect(checkConservation(counters, offered({ events: 15, queries: 8 }))).toEqual([]);
  });

  it('names the equation that is broken, with its terms', () => {
    const counters = {
      ...noCounters(),
      events_sent: 10,
      events_accepted: 8,
      events_rejected: { blocked: 1 },
    };
    expect(checkConservation(counters, offered({ events: 10, queries: 0 }))).toEqual([
      'conservation violated (a bug in relay-bench): 10 events sent, but ' +
        '8 accepted + 0 duplicate + 1 rejected + 0 timeout + 0 lost at close = 9',
    ]);
  });

  it('reports each broken equation', () => {
    const counters = { ...noCounters(), events_sent: 1, queries_sent: 1, deliveries_expected: 1 };
    expect(checkConservation(counters, offered({ events: 1, queries: 1 }))).toHaveLength(3);
  });

  it('misses an arrival that was neither sent nor counted as unsent or dropped', () => {
    const counters = { ...noCounters(), events_unsent: 5, queries_dropped: 2 };
    expect(checkConservation(counters, offered({ events: 6, queries: 2 }))).toEqual([
      'conservation violated (a bug in relay-bench): 6 events offered, but 0 sent + 5 unsent + 0 dropped = 5',
    ]);
  });
});
