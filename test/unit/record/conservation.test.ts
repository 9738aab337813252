import { describe, expect, it } from 'vitest';
import { checkConservation } from '../../../src/record/conservation.ts';
import { noCounters } from '../../support/sample-record.ts';

describe('checkConservation', () => {
  it('finds nothing when every event, query and delivery has one outcome', () => {
    const counters = {
      ...noCounters(),
      events_sent: 10,
      events_accepted: 4,
      events_duplicate: 1,
      events_rejected: { blocked: 1, 'rate-limited': 1 },
      events_timeout: 2,
      events_lost_at_close: 1,
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
    expect(checkConservation(counters)).toEqual([]);
  });

  it('names the equation that is broken, with its terms', () => {
    const counters = {
      ...noCounters(),
      events_sent: 10,
      events_accepted: 8,
      events_rejected: { blocked: 1 },
    };
    expect(checkConservation(counters)).toEqual([
      'conservation violated (a bug in relay-bench): 10 events sent, but ' +
        '8 accepted + 0 duplicate + 1 rejected + 0 timeout + 0 lost at close = 9',
    ]);
  });

  it('reports each broken equation', () => {
    const counters = { ...noCounters(), events_sent: 1, queries_sent: 1, deliveries_expected: 1 };
    expect(checkConservation(counters)).toHaveLength(3);
  });
});
