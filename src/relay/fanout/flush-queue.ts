/** Something that collects during a tick and writes at its end. */
export interface Flushable {
  flush(): void;
}

/**
 * Flushes everything that collected messages, once, after all sockets of this turn of the event loop were
 * read: the widest window for coalescing that adds no waiting.
 */
export class FlushQueue {
  #pending: Flushable[] = [];

  /** Asks for a flush at the end of this turn. */
  add(item: Flushable): void {
    if (this.#pending.push(item) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const pending = this.#pending;
    this.#pending = [];
    for (const item of pending) item.flush();
  }
}
