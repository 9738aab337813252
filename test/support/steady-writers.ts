import { setTimeout as sleep } from 'node:timers/promises';
import { Author } from '../conformance/author.ts';
import { Client } from '../conformance/client.ts';

const PAUSE_MS = 60;
/** A relay answers within 9 s; this is for machines that are busy with something else. */
const ANSWER_DEADLINE_MS = 30_000;
const PROGRESS_DEADLINE_MS = 60_000;

/** What became of all that was written. */
export interface Written {
  readonly accepted: readonly string[];
  /** Answered `OK false`, by the text of the answer. */
  readonly refused: ReadonlyMap<string, number>;
  readonly unanswered: number;
  /** Connections that the relays have closed. */
  readonly closed: number;
  /** The longest time from an event to its OK, ms. */
  readonly slowestMs: number;
}

/** One client that writes all the time, whether it is answered or not. */
class Writer {
  readonly client: Client;
  readonly #author = new Author();
  readonly #sentMs = new Map<string, number>();
  #isEnding = false;
  #count = 0;
  readonly #writing: Promise<void>;
  readonly accepted: string[] = [];
  readonly refused: string[] = [];
  slowestMs = 0;
  /** Whether the newest answer was that the event is stored. */
  isAccepted = false;
  /** Whether a relay has closed the connection. */
  wasClosed = false;

  constructor(client: Client) {
    this.client = client;
    this.#writing = this.#run();
  }

  get unanswered(): number {
    return this.#sentMs.size;
  }

  get answered(): number {
    return this.accepted.length + this.refused.length;
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#writing;
    for (let waitedMs = 0; this.unanswered > 0 && waitedMs < ANSWER_DEADLINE_MS; waitedMs += PAUSE_MS) {
      await sleep(PAUSE_MS);
      this.#read();
    }
    this.wasClosed = this.client.closeCode !== null;
    this.client.terminate();
  }

  async #run(): Promise<void> {
    while (!this.#isEnding && this.client.closeCode === null) {
      const event = this.#author.signExactly(`${this.#count++}`);
      this.#sentMs.set(event.id, performance.now());
      this.client.send(['EVENT', event]);
      await sleep(PAUSE_MS * (0.5 + Math.random()));
      this.#read();
    }
  }

  #read(): void {
    for (const [type, id, accepted, message] of this.client.messages.splice(0)) {
      const sentMs = this.#sentMs.get(String(id));
      if (type !== 'OK' || sentMs === undefined) continue;
      this.#sentMs.delete(String(id));
      this.slowestMs = Math.max(this.slowestMs, performance.now() - sentMs);
      this.isAccepted = accepted === true;
      if (this.isAccepted) this.accepted.push(String(id));
      else this.refused.push(String(message));
    }
  }
}

/** Clients that write all the time, each with a connection of its own. */
export class SteadyWriters {
  readonly #writers: readonly Writer[];

  private constructor(writers: readonly Writer[]) {
    this.#writers = writers;
  }

  /** @param urls relays, which the clients take in turn */
  static async start(urls: readonly string[], count: number): Promise<SteadyWriters> {
    const clients = await Promise.all(
      Array.from({ length: count }, (_, index) => new Client(urls[index % urls.length] ?? '').open()),
    );
    return new SteadyWriters(clients.map((client) => new Writer(client)));
  }

  /** Resolves when every writer that is still connected has had an event accepted that was written from now on. */
  async untilAccepted(what: string): Promise<void> {
    const before = this.#writers.map(({ answered, unanswered }) => answered + unanswered);
    for (let waitedMs = 0; waitedMs < PROGRESS_DEADLINE_MS; waitedMs += PAUSE_MS) {
      await sleep(PAUSE_MS);
      const isFlowing = this.#writers.every(
        ({ client, answered, isAccepted }, index) =>
          client.closeCode !== null || (isAccepted && answered > (before[index] ?? 0)),
      );
      if (isFlowing) return;
    }
    throw new Error(`no events were accepted any more after: ${what}`);
  }

  /** Stops writing, waits for the answers that are due, and tells what became of everything. */
  async end(): Promise<Written> {
    await Promise.all(this.#writers.map((writer) => writer.end()));
    const refused = new Map<string, number>();
    for (const text of this.#writers.flatMap((writer) => writer.refused)) {
      refused.set(text, (refused.get(text) ?? 0) + 1);
    }
    return {
      accepted: this.#writers.flatMap(({ accepted }) => accepted),
      refused,
      unanswered: this.#writers.reduce((sum, { unanswered }) => sum + unanswered, 0),
      closed: this.#writers.filter(({ wasClosed }) => wasClosed).length,
      slowestMs: Math.max(...this.#writers.map(({ slowestMs }) => slowestMs)),
    };
  }
}
