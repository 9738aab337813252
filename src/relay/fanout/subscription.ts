import { isReadableBy } from '../../nostr/nip59.ts';
import type { AnswerPage, Reader } from '../store/store.ts';
import type { StoredEvent } from '../store/stored-event.ts';
import type { Steps } from '../work/steps.ts';
import { runFor, type Work } from '../work/work.ts';
import { EncodedEvent } from './encoded-event.ts';
import { isRecent, LateIds, shortId } from './late-ids.ts';
import type { Outbox } from './outbox.ts';

/** What a subscription needs of the outbox of its connection. */
export type SubscriptionOutbox = Pick<
  Outbox,
  'sendText' | 'sendStored' | 'sendEvent' | 'stepLength' | 'pause' | 'isFull' | 'hold' | 'cut'
>;

/** Live events that one subscription may hold back while its stored events are read, and the length of their texts. */
const HELD_MAX = 10_000;
const HELD_BYTES_MAX = 8 * 2 ** 20;
/** Where more than so many were held back, they go out as they are: compressing them would hold up everybody else. */
const DEFLATED_MAX = 50;
/** An event that was found in the store comes live so much later at most: a gap on the channel has been filled by then. */
const LATE_MS = 15_000;

/**
 * One subscription of one connection. It is live from the first moment, so that nothing falls between the
 * stored and the live phase, but holds live events back until EOSE.
 */
export class Subscription {
  readonly id: string;
  readonly #outbox: SubscriptionOutbox;
  readonly #reader: Reader | undefined;
  readonly #prefix: Buffer;
  #held: StoredEvent[] | null = [];
  #heldBytes = 0;
  /** Stored events that were sent, see {@link shortId}: of them those that come live meanwhile are not repeated. */
  #sent: number[] = [];
  /** Those of them that may come live after EOSE, the newest first. */
  #recent: number[] = [];
  #late: LateIds | null = null;
  #forgetting: NodeJS.Timeout | null = null;
  #isClosed = false;
  /** Number of the event that was last delivered here; the fan-out uses it to deliver each event once. */
  lastDelivery = 0;

  /** @param reader who asks; absent for somebody who may read everything */
  constructor(id: string, outbox: SubscriptionOutbox, reader?: Reader) {
    this.id = id;
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
    this.#takeHeld();
    this.#sent = [];
    this.#recent = [];
    this.#forgetLate();
  }

  /**
   * Delivers a live event.
   * @param encoded the same for all subscribers
   */
  deliver(event: StoredEvent, encoded: EncodedEvent): void {
    if (this.#isClosed) return;
    if (this.#held === null) {
      if (this.#late?.has(event.id) !== true) this.#outbox.sendEvent(this.#prefix, encoded);
    } else if (this.#held.length >= HELD_MAX || this.#heldBytes > HELD_BYTES_MAX) this.#outbox.cut();
    else {
      this.#held.push(event);
      this.#heldBytes += event.json.length;
      this.#outbox.hold(event.json.length);
    }
  }

  /**
   * Sends the stored events at the pace of the reader, then EOSE, then the live events held back meanwhile. A page is asked
   * for once the one before it is on its way; the sending itself takes turns with the work of other clients.
   */
  async sendStored(pages: AsyncIterable<AnswerPage>, work?: Work): Promise<void> {
    for await (const page of pages) {
      await this.#sendPage(page, work);
      if (this.#isClosed) return;
    }
    if (this.#isClosed) return;
    this.#outbox.sendText(`["EOSE",${JSON.stringify(this.id)}]`);
    this.#release();
  }

  async #sendPage({ events, heldBytes }: AnswerPage, work?: Work): Promise<void> {
    for (let sent = 0; sent < events.length; ) {
      const pause = this.#outbox.pause();
      if (pause !== null) {
        // What waits for a slow reader counts; what is on its way to a quick one does not.
        this.#outbox.hold(heldBytes);
        await pause;
        this.#outbox.hold(-heldBytes);
      }
      if (this.#isClosed) return;
      sent = await runFor(work, this.#sendSome(events, sent));
    }
  }

  /** Sends events of a page until the reader has to be waited for. @returns how many of the page are sent */
  *#sendSome(page: readonly StoredEvent[], from: number): Steps<number> {
    // Others of the same client may have filled it since this one was let go on.
    if (this.#outbox.isFull) return from;
    let bytes = 0;
    for (let index = from; index < page.length; index++) {
      const event = page[index] as StoredEvent;
      this.#outbox.sendStored(this.#prefix, event);
      const short = shortId(event.id);
      this.#sent.push(short);
      if (isRecent(event.created_at)) this.#recent.push(short);
      bytes += event.json.length;
      if (bytes < this.#outbox.stepLength) continue;
      if (this.#outbox.isFull) return index + 1;
      bytes = 0;
      yield;
      if (this.#isClosed) return index + 1;
    }
    return page.length;
  }

  #takeHeld(): readonly StoredEvent[] {
    const held = this.#held ?? [];
    this.#held = null;
    if (this.#heldBytes > 0) this.#outbox.hold(-this.#heldBytes);
    this.#heldBytes = 0;
    return held;
  }

  #release(): void {
    const held = this.#takeHeld();
    const sent = held.length === 0 ? null : new Set(this.#sent);
    this.#sent = [];
    const mayDeflate = held.length <= DEFLATED_MAX;
    for (const event of held) {
      if (sent?.has(shortId(event.id)) === false) {
        this.#outbox.sendEvent(this.#prefix, new EncodedEvent(event.json, mayDeflate));
      }
    }
    if (this.#recent.length === 0) return;
    this.#late = new LateIds(this.#recent);
    this.#recent = [];
    this.#forgetting = setTimeout(() => this.#forgetLate(), LATE_MS).unref();
  }

  #forgetLate(): void {
    this.#late = null;
    if (this.#forgetting !== null) clearTimeout(this.#forgetting);
    this.#forgetting = null;
  }
}
