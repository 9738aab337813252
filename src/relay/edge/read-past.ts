import type { Filter } from '../../nostr/filter.ts';
import type { StoredEvent } from '../store/stored-event.ts';

/** How events are asked for. */
export type Ask = (filter: Filter) => Promise<readonly StoredEvent[]>;

/** What is read. */
export interface Past {
  /** With its range of time, without a limit. */
  readonly filter: Filter;
  /** Events that an answer holds at the most. */
  readonly maxLimit: number;
}

export interface PastRead {
  /** Newest first. */
  readonly events: readonly StoredEvent[];
  /** Whether these are all: where one second holds more than an answer may, the rest of that second is not found. */
  readonly isWhole: boolean;
}

/** Everything that matches, in as many questions as it takes. */
export async function readPast(ask: Ask, { filter, maxLimit }: Past): Promise<PastRead> {
  const found = new Map<string, StoredEvent>();
  let isWhole = true;
  for (let { until } = filter; ; ) {
    const page: readonly StoredEvent[] = await ask({
      ...filter,
      limit: maxLimit,
      ...(until === undefined ? {} : { until }),
    });
    const known = found.size;
    for (const event of page) found.set(event.id, event);
    if (page.length < maxLimit) return { events: [...found.values()], isWhole };
    const oldest = page.reduce((s, event) => Math.min(s, event.created_at), Number.MAX_SAFE_INTEGER);
    const isStuck = found.size === known;
    if (isStuck) isWhole = false;
    until = isStuck ? oldest - 1 : oldest;
  }
}
