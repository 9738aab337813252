import { isEvery } from './event-replies.ts';
import { matches, type WireEvent, type WireFilter } from './filter.ts';
import type { KeptScript } from './script.ts';

/** What a relay has been sent, and its answer to a question. Of versions that replace each other it knows nothing. */
export class KeptEvents {
  readonly #script: KeptScript;
  readonly #events = new Map<string, WireEvent>();

  constructor(script: KeptScript) {
    this.#script = script;
  }

  add(event: WireEvent): void {
    const { versions } = this.#script;
    const address = versions === undefined ? null : addressOf(event);
    if (versions === undefined || address === null) {
      this.#events.set(event.id, event);
      return;
    }
    const before = this.#events.get(address);
    if (before === undefined || isBetter(event, before, versions)) this.#events.set(address, event);
  }

  /** The stored events that match one of the filters, whatever their limits. */
  matching(filters: readonly WireFilter[]): readonly WireEvent[] {
    return [...this.#events.values()].filter((event) => filters.some((filter) => matches(filter, event)));
  }

  /** The stored events in the order in which they are sent, each once. */
  answer(filters: readonly WireFilter[]): readonly WireEvent[] {
    return [
      ...new Map(filters.flatMap((filter) => this.#one(filter)).map((event) => [event.id, event])).values(),
    ];
  }

  #one(filter: WireFilter): readonly WireEvent[] {
    const { ascending, cap = Number.POSITIVE_INFINITY, overLimit = 0, leaveOutEvery } = this.#script;
    const { limit } = filter;
    const most = typeof limit === 'number' ? limit + overLimit : Number.POSITIVE_INFINITY;
    const found = [...this.#events.values()]
      .filter((event) => matches(filter, event))
      .sort(newestFirst)
      .filter((_event, i) => !isEvery(leaveOutEvery, i + 1))
      .slice(0, Math.min(most, cap));
    const isBackwards = ascending === 'always' || (ascending === 'without-limit' && limit === undefined);
    return isBackwards ? found.reverse() : found;
  }
}

/** Kind, author and `d` tag of an event that others replace (NIP-01); null for all others. */
function addressOf({ kind, pubkey, tags }: WireEvent): string | null {
  const group = Math.floor(kind / 10_000);
  if (kind !== 0 && kind !== 3 && group !== 1 && group !== 3) return null;
  const d = group === 3 ? (tags.find(([name]) => name === 'd')?.[1] ?? '') : '';
  return `${kind}:${pubkey}:${d}`;
}

/** Whether an event takes the place of the one before. */
function isBetter(event: WireEvent, before: WireEvent, versions: 'newest' | 'first' | 'highest-id'): boolean {
  if (versions === 'first') return false;
  if (event.created_at !== before.created_at) return event.created_at > before.created_at;
  return versions === 'newest' ? event.id < before.id : event.id > before.id;
}

/** NIP-01: the newest first, of the same second the lowest id. */
function newestFirst(one: WireEvent, other: WireEvent): number {
  return other.created_at - one.created_at || (one.id < other.id ? -1 : 1);
}
