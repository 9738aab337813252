import { describe, expect, test } from 'vitest';
import { compareCounts } from '../../../src/audit/counts.ts';
import type { ReadConnection } from '../../../src/audit/read-connection.ts';
import type { Checked } from '../../../src/audit/violation.ts';
import type { NostrEvent } from '../../../src/nostr/event.ts';
import type { Filter } from '../../../src/nostr/filter.ts';
import { fakeRelay } from '../../support/fake-connection.ts';
import { madeUpEvent } from '../../support/histories.ts';

/** Of two kinds, which makes two filters. */
const EVENTS = [madeUpEvent(1), madeUpEvent(2, { kind: 7 })];

function countsOf(answers: Partial<ReadConnection>, events = EVENTS): Promise<Checked> {
  return compareCounts({
    relays: [fakeRelay({ query: (filter) => Promise.resolve(found(events, filter)), ...answers })],
    ids: events.map(({ id }) => id),
    areCountsKnown: true,
    maxLimit: null,
    clock: { nowMs: () => 0 },
    againAfterMs: 0,
  });
}

function found(events: readonly NostrEvent[], { ids, kinds, until, limit }: Filter): NostrEvent[] {
  return events
    .filter(({ id }) => ids?.includes(id) ?? true)
    .filter(({ kind, created_at }) => (kinds?.includes(kind) ?? true) && created_at <= (until ?? created_at))
    .slice(0, limit);
}

describe('COUNT', () => {
  test('is not compared where it is an estimate', async () => {
    const count = () => Promise.resolve({ count: 1_000, isApproximate: true });
    expect(await countsOf({ count })).toMatchObject({ checked: 0, reason: 'no answer could be compared' });
  });

  test('is asked once where the relay refuses it, and its reason is told', async () => {
    let asked = 0;
    const count = () => {
      asked++;
      return Promise.reject(new Error('restricted: no counting'));
    };
    expect(await countsOf({ count })).toMatchObject({ checked: 0, reason: 'restricted: no counting' });
    expect(asked).toBe(1);
  });

  test('is not compared with events of one second that are more than a page', async () => {
    const second = Array.from({ length: 150 }, (_, n) => madeUpEvent(n, { created_at: 1_700_000_000 }));
    const count = () => Promise.resolve({ count: 150, isApproximate: false });
    expect(await countsOf({ count }, second)).toMatchObject({ checked: 0, violated: 0 });
  });

  test('is not compared with an answer that has no end', async () => {
    let at = 0;
    const query = () => Promise.resolve([madeUpEvent(1_000_000 - at++)]);
    const count = () => Promise.resolve({ count: 5, isApproximate: false });
    expect(await countsOf({ count, query })).toMatchObject({ checked: 0, violated: 0 });
  });

  test('is compared with nothing where there is no event to ask for', async () => {
    expect(await countsOf({}, [])).toMatchObject({ checked: 0, reason: 'no answer could be compared' });
  });
});
