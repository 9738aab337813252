import type { ControlBus, Follower, Job, Taker } from '../../src/distributed/bus.ts';

interface Reader {
  readonly streams: readonly string[];
  readonly onEntry: (entry: Buffer, stream: string) => void;
}

/** A bus in memory, whose connection can be lost and whose entries can be changed on their way. */
export class MemoryBus implements ControlBus {
  readonly streams = new Map<string, Buffer[]>();
  readonly jobs: Job[] = [];
  /** What becomes of an entry: none, one or several; default itself. */
  change: (entry: Buffer, stream: string) => readonly Buffer[] = (entry) => [entry];
  readonly #readers = new Set<Reader>();
  readonly #takers = new Set<() => void>();
  #isAway = false;
  #held: (() => void)[] = [];

  async timeUs(): Promise<number> {
    return Math.round((performance.timeOrigin + performance.now()) * 1_000);
  }

  /** Until it is called with false, nothing that is appended arrives. */
  goAway(isAway = true): void {
    this.#isAway = isAway;
    if (isAway) return;
    for (const append of this.#held.splice(0)) append();
  }

  append(stream: string, entry: Buffer, most?: number): void {
    if (this.#isAway) {
      this.#held.push(() => this.append(stream, entry, most));
      return;
    }
    for (const changed of this.change(entry, stream)) this.#add(stream, changed, most);
  }

  async flushed(): Promise<void> {
    // What is appended is there.
  }

  follow(streams: readonly string[], onEntry: (entry: Buffer, stream: string) => void): Follower {
    const reader = { streams, onEntry };
    for (const stream of streams)
      for (const entry of this.streams.get(stream) ?? []) this.#hand(reader, entry, stream);
    this.#readers.add(reader);
    return {
      stop: async () => {
        this.#readers.delete(reader);
      },
    };
  }

  async forget(streams: readonly string[]): Promise<void> {
    for (const stream of streams) this.streams.delete(stream);
  }

  async offer(jobs: readonly Job[]): Promise<void> {
    this.jobs.push(...jobs);
    for (const look of this.#takers) look();
  }

  async withdraw(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const at = this.jobs.findIndex((job) => job.id === id);
      if (at >= 0) this.jobs.splice(at, 1);
    }
  }

  take(carryOut: (data: unknown) => Promise<void>): Taker {
    let working: Promise<void> | null = null;
    const look = (): void => {
      const job = working === null ? this.jobs.shift() : undefined;
      if (job === undefined) return;
      working = carryOut(job.data).finally(() => {
        working = null;
        if (this.#takers.has(look)) look();
      });
    };
    this.#takers.add(look);
    look();
    return {
      stop: async () => {
        this.#takers.delete(look);
        await working;
      },
    };
  }

  async close(): Promise<void> {
    // Nothing is held.
  }

  #add(stream: string, entry: Buffer, most: number | undefined): void {
    const kept = this.streams.get(stream) ?? [];
    kept.push(entry);
    if (most !== undefined) kept.splice(0, kept.length - most);
    this.streams.set(stream, kept);
    for (const reader of this.#readers)
      if (reader.streams.includes(stream)) this.#hand(reader, entry, stream);
  }

  /** Later and in order, as from a socket. */
  #hand(reader: Reader, entry: Buffer, stream: string): void {
    setImmediate(() => reader.onEntry(entry, stream));
  }
}
