import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Filter } from '../../../../src/nostr/filter.ts';
import { FanOut } from '../../../../src/relay/fanout/fan-out.ts';
import { Subscription } from '../../../../src/relay/fanout/subscription.ts';
import { arbitraryEvent, arbitraryFilter } from '../../../support/arbitrary-events.ts';
import { naiveMatches } from '../../../support/naive-store.ts';
import { pagesOf } from '../../../support/relay-work.ts';
import { someStored, stored } from '../../../support/stored-event.ts';

/** A live subscription that counts what it is sent. */
async function live() {
  const received = { events: 0 };
  const outbox = {
    sendText: () => undefined,
    sendStored: () => undefined,
    sendEvent: () => void received.events++,
    stepLength: 64 * 1024,
    pause: () => null,
    isFull: false,
    hold: () => undefined,
    cut: () => undefined,
  };
  const subscription = new Subscription('s', outbox);
  await subscription.sendStored(pagesOf());
  return { subscription, received };
}

describe('the fan-out', () => {
  it('delivers to exactly the subscriptions that match, each once', async () => {
    const requests = fc.array(fc.array(arbitraryFilter, { minLength: 1, maxLength: 3 }), { maxLength: 8 });
    const check = async (all: Filter[][], event: Parameters<typeof stored>[0]): Promise<void> => {
      const fanOut = new FanOut();
      const lives = await Promise.all(all.map(() => live()));
      for (const [index, { subscription }] of lives.entries()) fanOut.add(subscription, all[index] ?? []);
      const expected = all.map((filters) => filters.some((filter) => naiveMatches(filter, event)));
      expect(fanOut.publish(stored(event))).toBe(expected.filter(Boolean).length);
      expect(lives.map(({ received }) => received.events)).toEqual(expected.map(Number));
    };
    await fc.assert(fc.asyncProperty(requests, arbitraryEvent, check), { numRuns: 2_000 });
  });

  it('forgets a subscription that is removed', async () => {
    const fanOut = new FanOut();
    const filters = [{}, { kinds: [1] }, { '#t': ['x', 'x'] }, { ids: [] }];
    const { subscription, received } = await live();
    fanOut.add(subscription, filters);
    expect(fanOut.subscriptions).toBe(1);
    fanOut.remove(subscription);
    fanOut.remove(subscription);
    expect([fanOut.subscriptions, fanOut.publish(someStored({ tags: [['t', 'x']] }))]).toEqual([0, 0]);
    expect(received.events).toBe(0);
  });
});
