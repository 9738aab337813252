import { compareNewestFirst } from '../../nostr/kinds.ts';
import { Heap } from './heap.ts';
import type { AnswerPage } from './store.ts';
import type { StoredEvent } from './stored-event.ts';

/** One answer in pages, and how far it was merged. */
class Source {
  readonly #pages: AsyncIterator<AnswerPage>;
  #events: readonly StoredEvent[] = [];
  #index = 0;
  heldBytes = 0;

  constructor(pages: AsyncIterable<AnswerPage>) {
    this.#pages = pages[Symbol.asyncIterator]();
  }

  /** The event that is next; undefined where the page is at its end. */
  get head(): StoredEvent | undefined {
    return this.#events[this.#index];
  }

  advance(): void {
    this.#index++;
  }

  /** Reads the next page that has events. @returns whether there is one */
  async turn(): Promise<boolean> {
    do {
      const next = await this.#pages.next();
      this.#events = next.done === true ? [] : next.value.events;
      this.heldBytes = next.done === true ? 0 : next.value.heldBytes;
      this.#index = 0;
      if (next.done === true) return false;
    } while (this.#events.length === 0);
    return true;
  }

  async end(): Promise<void> {
    await this.#pages.return?.();
  }
}

type Standing = Source & { readonly head: StoredEvent };

function stands(source: Source): source is Standing {
  return source.head !== undefined;
}

/**
 * One answer from those of several filters, each newest first: each event once, newest first. A page ends where one of the
 * answers has to be read on; so no more than one page of each is held.
 */
export async function* mergePages(answers: readonly AsyncIterable<AnswerPage>[]): AsyncGenerator<AnswerPage> {
  const [only] = answers;
  if (answers.length === 1 && only !== undefined) {
    yield* only;
    return;
  }
  const sources = answers.map((answer) => new Source(answer));
  try {
    yield* mergeSources(sources);
  } finally {
    await Promise.all(sources.map((source) => source.end()));
  }
}

async function* mergeSources(sources: readonly Source[]): AsyncGenerator<AnswerPage> {
  const heap = new Heap<Standing>((a, b) => compareNewestFirst(a.head, b.head));
  await Promise.all(sources.map((source) => source.turn()));
  for (const source of sources) if (stands(source)) heap.push(source);
  let lastId = '';
  while (heap.size > 0) {
    const events: StoredEvent[] = [];
    const heldBytes = sources.reduce((bytes, source) => bytes + source.heldBytes, 0);
    const empty = mergeUntilEmpty(heap, (event) => {
      // The same event in two answers comes twice in a row.
      if (event.id !== lastId) events.push(event);
      lastId = event.id;
    });
    if (events.length > 0) yield { events, heldBytes };
    if (empty !== null && (await empty.turn()) && stands(empty)) heap.push(empty);
  }
}

/** Visits events in order up to the end of a page. @returns the source that has to be read on */
function mergeUntilEmpty(heap: Heap<Standing>, visit: (event: StoredEvent) => void): Source | null {
  for (let source = heap.top(); source !== undefined; source = heap.top()) {
    visit(source.head);
    const advanced: Source = source;
    advanced.advance();
    if (!stands(advanced)) {
      heap.pop();
      return advanced;
    }
    heap.topChanged();
  }
  return null;
}
