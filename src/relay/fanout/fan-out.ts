import type { Filter } from '../../nostr/filter.ts';
import { isGiftWrapKind } from '../../nostr/nip59.ts';
import type { StoredEvent } from '../store/stored-event.ts';
import { EncodedEvent } from './encoded-event.ts';
import type { Subscription } from './subscription.ts';
import { SubscriptionIndex } from './subscription-index.ts';

/** Hands accepted events to live subscriptions. */
export class FanOut {
  readonly #index = new SubscriptionIndex<Subscription>();

  /** Open subscriptions of all connections. */
  get subscriptions(): number {
    return this.#index.size;
  }

  add(subscription: Subscription, filters: readonly Filter[]): void {
    this.#index.add(subscription, filters);
  }

  remove(subscription: Subscription): void {
    subscription.close();
    this.#index.remove(subscription);
  }

  /**
   * Delivers an event to every subscription that it matches and whose client may see it.
   * @returns the number of those
   */
  publish(event: StoredEvent): number {
    let deliveries = 0;
    const encoded = new EncodedEvent(event.json);
    const isPrivate = isGiftWrapKind(event.kind);
    this.#index.forEachMatch(event, (subscription) => {
      if (isPrivate && !subscription.mayRead(event)) return;
      subscription.deliver(event, encoded);
      deliveries++;
    });
    return deliveries;
  }
}
