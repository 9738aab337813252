import { afterPoll } from '../base/after-poll.ts';
import type { Held } from '../nostr/auth-state.ts';
import { NONE, PendingTable } from '../wire/pending-table.ts';
import type { OkReply } from '../wire/reply-handlers.ts';
import type { EventsToStore, EventToStore } from './events-to-store.ts';
import { type Refusal, Refusals } from './refusals.ts';
import type { OkOwner } from './worker-part.ts';

export interface CorpusLoadOptions {
  readonly events: EventsToStore;
  readonly connections: readonly number[];
  readonly isOpen: (connection: number) => boolean;
  readonly send: (connection: number, frame: Buffer) => void;
  readonly onProgress: (done: number) => void;
  /** An event is sent again because the client has authenticated by now. */
  readonly onRetried: () => void;
  /** Whether to stop where the first 50 events are all refused; what a relay has known and dropped it may refuse. */
  readonly givesUp: boolean;
}

/** What became of the events. */
export interface CorpusLoadResult {
  /** Ids of the events that the relay has, as far as they have one. */
  readonly ids: readonly string[];
  /** Numbers of those events. */
  readonly stored: readonly number[];
  /** Events that were answered. */
  readonly answered: number;
  /** Numbers of those that were never answered. */
  readonly unanswered: readonly number[];
  /** Numbers of those that were refused. */
  readonly refused: readonly number[];
  /** How the relay refused them, the most frequent answer first. */
  readonly refusals: readonly Refusal[];
  /** Whether sending ended early, because everything had been refused. */
  readonly isGivenUp: boolean;
  /** Events that the relay had already. */
  readonly duplicates: number;
}

/** Events in flight per connection: fast without flooding a relay that verifies signatures. */
const WINDOW = 8;
const NO_PROGRESS_MS = 10_000;
/** A relay that has refused so many events and taken none refuses all of them: thousands more would tell nothing new. */
const HOPELESS = 50;

/** Stores events before the load starts: a short closed-model run whose times are not measured. */
export class CorpusLoad implements OkOwner {
  readonly #options: CorpusLoadOptions;
  readonly #waiting = new PendingTable();
  readonly #sent = new Map<number, EventToStore>();
  /** Connections that may send, each as often as it may. */
  readonly #free: number[];
  readonly #ids: string[] = [];
  readonly #stored: number[] = [];
  readonly #refused: number[] = [];
  readonly #refusals = new Refusals();
  #duplicates = 0;
  #ended = 0;
  #done: (() => void) | null = null;

  constructor(options: CorpusLoadOptions) {
    this.#options = options;
    this.#free = Array.from({ length: WINDOW }, () => options.connections).flat();
  }

  /** Ends when every event is answered, when all of the first 50 are refused, or after ten seconds without an answer. */
  async run(): Promise<CorpusLoadResult> {
    await new Promise<void>((resolve) => {
      let lastEnded = -1;
      const look = (): void => {
        if (this.#ended === lastEnded) this.#finish();
        lastEnded = this.#ended;
      };
      const watchdog = setInterval(() => afterPoll(look), NO_PROGRESS_MS);
      this.#done = () => {
        clearInterval(watchdog);
        resolve();
      };
      this.#options.events.onReady = () => this.#sendReady();
      this.#sendReady();
    });
    this.#options.events.onReady = () => undefined;
    return {
      ids: this.#ids,
      stored: this.#stored,
      answered: this.#ended,
      unanswered: [...this.#sent.values()].map(({ number }) => number),
      refused: this.#refused,
      refusals: this.#refusals.list(),
      isGivenUp: this.#isHopeless,
      duplicates: this.#duplicates,
    };
  }

  /** @returns false where no such event waits */
  onAccepted(connection: number, idHigh: number, idLow: number): boolean {
    return this.onOk(connection, { idHigh, idLow, accepted: true, prefix: '' });
  }

  hold(connection: number, refusal: OkReply): Held | null {
    const event = this.#sent.get(this.#waiting.findOn(refusal.idHigh, refusal.idLow, connection));
    if (event === undefined) return null;
    return {
      again: () => {
        this.#options.send(connection, event.frame);
        this.#options.onRetried();
      },
      refuse: () => void this.onOk(connection, refusal),
    };
  }

  /** @returns as of {@link onAccepted} */
  onOk(connection: number, reply: OkReply): boolean {
    const entry = this.#waiting.findOn(reply.idHigh, reply.idLow, connection);
    const event = this.#sent.get(entry);
    if (entry === NONE || event === undefined) return false;
    this.#sent.delete(entry);
    this.#waiting.remove(entry);
    this.#count(event, reply);
    this.#ended++;
    this.#options.events.ended(event);
    this.#options.onProgress(this.#ended);
    this.#free.push(connection);
    if (this.#isHopeless) this.#finish();
    else this.#sendReady();
    return true;
  }

  get #isHopeless(): boolean {
    return this.#options.givesUp && this.#stored.length === 0 && this.#refused.length >= HOPELESS;
  }

  #count({ id, number }: EventToStore, { accepted, prefix, message }: OkReply): void {
    if (accepted) {
      this.#stored.push(number);
      if (id !== null) this.#ids.push(id);
      if (prefix === 'duplicate') this.#duplicates++;
      return;
    }
    this.#refused.push(number);
    this.#refusals.add(message ?? prefix);
  }

  #finish(): void {
    this.#done?.();
    this.#done = null;
  }

  /** Send as many events as there are and connections may. */
  #sendReady(): void {
    const { events, isOpen, send } = this.#options;
    for (let connection = this.#free.shift(); connection !== undefined; connection = this.#free.shift()) {
      if (!isOpen(connection)) continue;
      const event = events.take();
      if (event === null) {
        this.#free.unshift(connection);
        break;
      }
      const entry = this.#waiting.add(event.idHigh, event.idLow, connection, 0);
      this.#sent.set(entry, event);
      send(connection, event.frame);
    }
    if (this.#sent.size === 0 && (events.isEnded || this.#free.length === 0)) this.#finish();
  }
}
