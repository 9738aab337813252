import { setTimeout as delay } from 'node:timers/promises';
import { Outage } from '../outage.ts';
import type { StoredEvent } from '../store/stored-event.ts';

/** What was stored since some transaction. */
export interface StoredSince {
  readonly ids: readonly string[];
  /** Position of the log of the primary by which all of it is stored. */
  readonly lsn: number;
}

/** The part of the store that fills gaps. */
export interface GapSource {
  /** The oldest transaction that is not over: everything that is stored below it is visible. */
  transactionHorizon(): Promise<string>;
  /** What was stored by this transaction or later ones. */
  storedSince(transaction: string): Promise<StoredSince>;
  /** The events of these ids that are there. */
  eventsOf(ids: readonly string[]): Promise<readonly StoredEvent[]>;
}

/** What a filler is given. */
export interface GapFillerOptions {
  readonly source: GapSource;
  /** Whether an event was delivered already. */
  readonly isKnown: (id: string) => boolean;
  /** @param lsn position of the log of the primary by which it is stored */
  readonly onFound: (event: StoredEvent, lsn: number) => void;
  readonly log: (text: string) => void;
}

const FILL_STEP = 500;
/** What could not be looked for, because the store is away, is looked for again. */
const REFILL_AFTER_MS = 500;

/** Looks up in the store what was missed on the channel, one gap after the other. */
export class GapFiller {
  readonly #options: GapFillerOptions;
  readonly #lookingBack: Outage;
  #last: Promise<void> = Promise.resolve();
  #open = 0;
  #isClosed = false;
  /** Gaps that were looked into. */
  gaps = 0;

  constructor(options: GapFillerOptions) {
    this.#options = options;
    this.#lookingBack = new Outage('looking for events that other relays have stored', options.log);
  }

  /** Whether a gap is being filled. */
  get isBusy(): boolean {
    return this.#open > 0;
  }

  /** Delivers what was stored by a transaction and later ones and is not known here. Never rejects. */
  async fill(since: string): Promise<void> {
    this.gaps++;
    this.#open++;
    this.#last = this.#last.then(() => this.#fillUntilDone(since));
    await this.#last;
    this.#open--;
  }

  /** Resolves when nothing is being looked for any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
  }

  /** The store may be away just then: what was missed is looked for until it was found. */
  async #fillUntilDone(since: string): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#fillNow(since);
        this.#lookingBack.answered();
        return;
      } catch (error) {
        this.#lookingBack.failed(error);
      }
      await delay(REFILL_AFTER_MS, undefined, { ref: false });
    }
  }

  async #fillNow(since: string): Promise<void> {
    const { source, isKnown, onFound } = this.#options;
    const stored = await source.storedSince(since);
    const ids = stored.ids.filter((id) => !isKnown(id));
    for (let start = 0; start < ids.length; start += FILL_STEP) {
      const events = await source.eventsOf(ids.slice(start, start + FILL_STEP));
      for (const event of events) onFound(event, stored.lsn);
    }
  }
}
