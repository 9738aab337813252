import type { EventFrameWriter } from '../corpus/event-frames.ts';
import { NONE, PendingTable } from '../wire/pending-table.ts';

export interface CorpusLoadOptions {
  readonly writer: EventFrameWriter;
  /** Numbers of the events that this worker stores. */
  readonly numbers: readonly number[];
  readonly connections: readonly number[];
  readonly isOpen: (connection: number) => boolean;
  readonly send: (connection: number, frame: Buffer) => void;
  /** `created_at` of the newest event, seconds since 1970; the others lie before it. */
  readonly newest_s: number;
  /** Seconds between neighbouring events. */
  readonly spacing_s: number;
  /** Events of the whole corpus. */
  readonly total: number;
  readonly onProgress: (done: number) => void;
}

/** Events in flight per connection: fast without flooding a relay that verifies signatures. */
const WINDOW = 8;
const NO_PROGRESS_MS = 10_000;

/**
 * Stores the corpus before the load starts: a short closed-model run whose times are not measured. Keeps the ids of
 * what the relay has acknowledged, because queries draw from them.
 */
export class CorpusLoad {
  readonly #options: CorpusLoadOptions;
  readonly #waiting = new PendingTable();
  readonly #ids: string[] = [];
  readonly #idByEntry = new Map<number, string>();
  #next = 0;
  #ended = 0;
  #refused = 0;
  #done: (() => void) | null = null;

  constructor(options: CorpusLoadOptions) {
    this.#options = options;
  }

  /** Ids of the stored events. */
  get ids(): readonly string[] {
    return this.#ids;
  }

  /** Events that were refused or never answered. */
  get missing(): number {
    return this.#options.numbers.length - this.#ids.length;
  }

  get refused(): number {
    return this.#refused;
  }

  /** Ends when every event is answered, or when nothing has been answered for ten seconds. */
  async run(): Promise<void> {
    if (this.#options.numbers.length === 0) return;
    await new Promise<void>((resolve) => {
      let lastEnded = 0;
      const watchdog = setInterval(() => {
        if (this.#ended === lastEnded) this.#finish();
        lastEnded = this.#ended;
      }, NO_PROGRESS_MS);
      this.#done = () => {
        clearInterval(watchdog);
        resolve();
      };
      for (let round = 0; round < WINDOW; round++) {
        for (const connection of this.#options.connections) this.#sendNext(connection);
      }
      this.#finishIfDone();
    });
  }

  /** @returns false where no such event waits */
  onAnswer(connection: number, key: { idHigh: number; idLow: number }, accepted: boolean): boolean {
    const entry = this.#waiting.find(key.idHigh, key.idLow);
    if (entry === NONE || this.#waiting.connectionOf(entry) !== connection) return false;
    const id = this.#idByEntry.get(entry);
    if (accepted && id !== undefined) this.#ids.push(id);
    if (!accepted) this.#refused++;
    this.#idByEntry.delete(entry);
    this.#waiting.remove(entry);
    this.#ended++;
    this.#options.onProgress(this.#ended);
    this.#sendNext(connection);
    this.#finishIfDone();
    return true;
  }

  #finishIfDone(): void {
    if (this.#waiting.size === 0) this.#finish();
  }

  #finish(): void {
    this.#done?.();
    this.#done = null;
  }

  #sendNext(connection: number): void {
    const { numbers, writer, isOpen, total, newest_s, spacing_s, send } = this.#options;
    const number = numbers[this.#next];
    if (number === undefined || !isOpen(connection)) return;
    this.#next++;
    const frame = Buffer.allocUnsafe(writer.maxFrameBytes);
    const createdAt_s = newest_s - Math.round((total - 1 - number) * spacing_s);
    const length = writer.write(frame, 0, number, createdAt_s, 0);
    const entry = this.#waiting.add(writer.idHigh, writer.idLow, connection, number);
    this.#idByEntry.set(entry, writer.idHex());
    send(connection, frame.subarray(0, length));
  }
}
