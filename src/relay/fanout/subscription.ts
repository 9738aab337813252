import type { Filter } from '../../nostr/filter.ts';
import { isReadableBy } from '../../nostr/nip59.ts';
import type { Reader } from '../store/store.ts';
import type { StoredEvent } from '../store/stored-event.ts';
import type { Outbox } from './outbox.ts';

/** What a subscription needs of the outbox of its connection. */
export type SubscriptionOutbox = Pick<Outbox, 'sendText' | 'sendEvent' | 'pause' | 'cut'>;

/** Live events that one subscription may hold back while its stored events are read. */
const HELD_MAX = 10_000;

/**
 * One subscription of one connection. It is live from the first moment, so that nothing falls between the
 * stored and the live phase, but holds live events back until EOSE.
 */
export class Subscription {
  readonly id: string;
  readonly filters: readonly Filter[];
  readonly #outbox: SubscriptionOutbox;
  readonly #reader: Reader | undefined;
  readonly #prefix: Buffer;
  #held: StoredEvent[] | null = [];
  #isClosed = false;
  /** Number of the event that was last delivered here; the fan-out uses it to deliver each event once. */
  lastDelivery = 0;

  /** @param reader who asks; absent for somebody who may read everything */
  constructor(id: string, filters: readonly Filter[], outbox: SubscriptionOutbox, reader?: Reader) {
    this.id = id;
    this.filters = filters;
    this.#outbox = outbox;
    this.#reader = reader;
    this.#prefix = Buffer.from(`["EVENT",${JSON.stringify(id)},`);
  }

  /** Whether it was closed or replaced: nothing may be sent for it any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether the client may see an event: gift wraps are for their recipients (NIP-59). */
  mayRead(event: StoredEvent): boolean {
    return this.#reader === undefined || isReadableBy(event, this.#reader.pubkeys);
  }

  close(): void {
    this.#isClosed = true;
    this.#held = null;
  }

  /**
   * Delivers a live event.
   * @param encode gives the JSON of the event as bytes, made once for all subscribers
   */
  deliver(event: StoredEvent, encode: () => Uint8Array): void {
    if (this.#isClosed) return;
    if (this.#held === null) this.#outbox.sendEvent(this.#prefix, encode());
    else if (this.#held.length < HELD_MAX) this.#held.push(event);
    else this.#outbox.cut();
  }

  /** Sends the stored events at the pace of the reader, then EOSE, then the live events held back meanwhile. */
  async sendStored(events: readonly StoredEvent[]): Promise<void> {
    const prefix = this.#prefix.toString();
    for (const event of events) {
      const pause = this.#outbox.pause();
      if (pause !== null) await pause;
      if (this.#isClosed) return;
      this.#outbox.sendText(`${prefix}${event.json}]`);
    }
    if (this.#isClosed) return;
    this.#outbox.sendText(`["EOSE",${JSON.stringify(this.id)}]`);
    this.#release(events);
  }

  #release(sent: readonly StoredEvent[]): void {
    const held = this.#held ?? [];
    this.#held = null;
    if (held.length === 0) return;
    const sentIds = new Set(sent.map(({ id }) => id));
    for (const event of held) {
      if (!sentIds.has(event.id)) this.#outbox.sendEvent(this.#prefix, Buffer.from(event.json));
    }
  }
}
