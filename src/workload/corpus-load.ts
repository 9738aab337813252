import { NONE, PendingTable } from '../wire/pending-table.ts';
import type { EventsToStore, EventToStore } from './events-to-store.ts';

export interface CorpusLoadOptions {
  readonly events: EventsToStore;
  readonly connections: readonly number[];
  readonly isOpen: (connection: number) => boolean;
  readonly send: (connection: number, frame: Buffer) => void;
  readonly onProgress: (done: number) => void;
}

/** How a relay answered an event that is to be stored. */
export interface StoreReply {
  readonly idHigh: number;
  readonly idLow: number;
  readonly accepted: boolean;
  /** The machine-readable word of an OK message (NIP-01); `other` where there is none. */
  readonly prefix: string;
}

/** What became of the events. */
export interface CorpusLoadResult {
  /** Ids of the events that the relay has, as far as they have one. */
  readonly ids: readonly string[];
  /** Events that were answered. */
  readonly answered: number;
  /** Numbers of those that were never answered. */
  readonly unanswered: readonly number[];
  /** Numbers of those that were refused. */
  readonly refused: readonly number[];
  /** How often which word came with a refusal. */
  readonly reasons: ReadonlyMap<string, number>;
  /** Events that the relay had already. */
  readonly duplicates: number;
}

/** Events in flight per connection: fast without flooding a relay that verifies signatures. */
const WINDOW = 8;
const NO_PROGRESS_MS = 10_000;

/** Stores events before the load starts: a short closed-model run whose times are not measured. */
export class CorpusLoad {
  readonly #options: CorpusLoadOptions;
  readonly #waiting = new PendingTable();
  readonly #sent = new Map<number, EventToStore>();
  /** Connections that may send, each as often as it may. */
  readonly #free: number[];
  readonly #ids: string[] = [];
  readonly #refused: number[] = [];
  readonly #reasons = new Map<string, number>();
  #duplicates = 0;
  #ended = 0;
  #done: (() => void) | null = null;

  constructor(options: CorpusLoadOptions) {
    this.#options = options;
    this.#free = Array.from({ length: WINDOW }, () => options.connections).flat();
  }

  /** Ends when every event is answered, or when nothing has been answered for ten seconds. */
  async run(): Promise<CorpusLoadResult> {
    await new Promise<void>((resolve) => {
      let lastEnded = -1;
      const watchdog = setInterval(() => {
        if (this.#ended === lastEnded) this.#finish();
        lastEnded = this.#ended;
      }, NO_PROGRESS_MS);
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
      answered: this.#ended,
      unanswered: [...this.#sent.values()].map(({ number }) => number),
      refused: this.#refused,
      reasons: this.#reasons,
      duplicates: this.#duplicates,
    };
  }

  /** @returns false where no such event waits */
  onAnswer(connection: number, reply: StoreReply): boolean {
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
    this.#sendReady();
    return true;
  }

  #count({ id, number }: EventToStore, { accepted, prefix }: StoreReply): void {
    if (accepted) {
      if (id !== null) this.#ids.push(id);
      if (prefix === 'duplicate') this.#duplicates++;
      return;
    }
    this.#refused.push(number);
    this.#reasons.set(prefix, (this.#reasons.get(prefix) ?? 0) + 1);
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
