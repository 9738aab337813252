import type { AnswerPage } from '../store/store.ts';
import type { StoredEvent } from '../store/stored-event.ts';

/** An answer of which as much was read as tells whether it is small. */
export class BegunAnswer {
  readonly #read: readonly AnswerPage[];
  /** What was not read yet; null where that is nothing. */
  readonly #rest: AsyncIterator<AnswerPage> | null;

  private constructor(read: readonly AnswerPage[], rest: AsyncIterator<AnswerPage> | null) {
    this.#read = read;
    this.#rest = rest;
  }

  /** @param wholeBytesMax with more it is large: the rest is left for its pages */
  static async begin(answer: AsyncIterable<AnswerPage>, wholeBytesMax: number): Promise<BegunAnswer> {
    const pages = answer[Symbol.asyncIterator]();
    const read: AnswerPage[] = [];
    let bytes = 0;
    while (bytes <= wholeBytesMax) {
      const next = await pages.next();
      if (next.done === true) return new BegunAnswer(read, null);
      read.push(next.value);
      bytes += next.value.heldBytes;
    }
    return new BegunAnswer(read, pages);
  }

  /** All events; null where they are too many to be held. */
  get wholeEvents(): readonly StoredEvent[] | null {
    return this.#rest === null ? this.#read.flatMap(({ events }) => events) : null;
  }

  /** All pages, those that were read first. */
  async *pages(): AsyncGenerator<AnswerPage> {
    try {
      yield* this.#read;
      for (let next = await this.#rest?.next(); next?.done === false; next = await this.#rest?.next()) {
        yield next.value;
      }
    } finally {
      await this.#rest?.return?.();
    }
  }
}
