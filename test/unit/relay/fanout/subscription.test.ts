import { describe, expect, it } from 'vitest';
import { EncodedEvent } from '../../../../src/relay/fanout/encoded-event.ts';
import { Subscription, type SubscriptionOutbox } from '../../../../src/relay/fanout/subscription.ts';
import type { StoredEvent } from '../../../../src/relay/store/stored-event.ts';
import { pagesOf, settled } from '../../../support/relay-work.ts';
import { someStored } from '../../../support/stored-event.ts';

function subscriptionOf(pauses: (Promise<void> | null)[] = []) {
  const sent: string[] = [];
  const state = { cuts: 0, heldBytes: 0, isFull: false };
  const outbox: SubscriptionOutbox = {
    sendText: (text) => void sent.push(text),
    sendStored: (prefix, { json }) => void sent.push(`${Buffer.from(prefix)}${json}]`),
    sendEvent: (prefix, event) => void sent.push(`${Buffer.from(prefix)}${Buffer.from(event.plain)}]`),
    stepLength: 64 * 1024,
    pause: () => pauses.shift() ?? null,
    get isFull() {
      return state.isFull;
    },
    hold: (bytes) => {
      state.heldBytes += bytes;
    },
    cut: () => void state.cuts++,
  };
  const subscription = new Subscription('s"', outbox);
  const deliver = (event: StoredEvent): void => subscription.deliver(event, new EncodedEvent(event.json));
  return { subscription, deliver, sent, state };
}

function eventText(event: StoredEvent): string {
  return JSON.stringify(['EVENT', 's"', JSON.parse(event.json)]);
}

const EOSE = JSON.stringify(['EOSE', 's"']);

describe('a subscription', () => {
  it('sends stored events, then EOSE, then live events', async () => {
    const { subscription, deliver, sent } = subscriptionOf();
    const [old, live] = [someStored(), someStored()];
    await subscription.sendStored(pagesOf([old]));
    deliver(live);
    expect(sent).toEqual([eventText(old), EOSE, eventText(live)]);
  });

  it('holds back live events until EOSE and does not repeat those that were stored', async () => {
    const { subscription, deliver, sent } = subscriptionOf();
    const [both, live] = [someStored(), someStored()];
    deliver(both);
    deliver(live);
    expect(sent).toEqual([]);
    await subscription.sendStored(pagesOf([both]));
    expect(sent).toEqual([eventText(both), EOSE, eventText(live)]);
  });

  it('does not repeat a recent event that was found in the store before it came live', async () => {
    const { subscription, deliver, sent } = subscriptionOf();
    const now = Math.floor(Date.now() / 1_000);
    const recent = Array.from({ length: 5 }, (_, age) => someStored({ created_at: now - age }));
    const live = someStored({ created_at: now });
    await subscription.sendStored(pagesOf(recent));
    for (const event of [...recent, live]) deliver(event);
    expect(sent).toEqual([...recent.map(eventText), EOSE, eventText(live)]);
  });

  it('sends nothing once it is closed', async () => {
    const { subscription, deliver, sent } = subscriptionOf();
    deliver(someStored());
    subscription.close();
    await subscription.sendStored(pagesOf());
    deliver(someStored());
    expect(sent).toEqual([]);
  });

  it('stops a long answer when it is closed while the reader is slow', async () => {
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { subscription, sent } = subscriptionOf([null, slow]);
    const events = [someStored(), someStored(), someStored()];
    const done = subscription.sendStored(pagesOf(events.slice(0, 1), events.slice(1)));
    await settled();
    subscription.close();
    release();
    await done;
    expect(sent).toEqual(events.slice(0, 1).map(eventText));
  });

  it('waits again where others of its client have filled the outbox meanwhile', async () => {
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { subscription, sent, state } = subscriptionOf([null, slow]);
    state.isFull = true;
    const event = someStored();
    const done = subscription.sendStored(pagesOf([event]));
    await settled();
    expect(sent).toEqual([]);
    state.isFull = false;
    release();
    await done;
    expect(sent).toEqual([eventText(event), EOSE]);
  });

  it('cuts a reader for whom too many live events were held back', () => {
    const { deliver, state } = subscriptionOf();
    for (let i = 0; i < 10_001; i++) deliver(someStored());
    expect(state.cuts).toBe(1);
  });
});
