import type { Filter } from '../../nostr/filter.ts';
import type { StoredEvent } from '../store/stored-event.ts';

/** From when on, and how many events an answer holds at the most. */
export interface Past {
  /** Unix seconds. */
  readonly since: number;
  readonly maxLimit: number;
}

/**
 * Everything from a second on, newest first, in as many questions as it takes. Where one second holds more than an answer
 * may, the rest of that second is not found.
 */
export async function readPast(
  ask: (filter: Filter) => Promise<readonly StoredEvent[]>,
  { since, maxLimit }: Past,
): Promise<StoredEvent[]> {
  const found = new Map<string, StoredEvent>();
  for (let until: number | null = null; ; ) {
    const page: readonly StoredEvent[] = await ask({
      since,
      limit: maxLimit,
      ...(until === null ? {} : { until }),
    });
    const known = found.size;
    for (const event of page) found.set(event.id, event);
    if (page.length < maxLimit) return [...found.values()];
    const oldest = page.reduce(
      (second, event) => Math.min(second, event.created_at),
      Number.MAX_SAFE_INTEGER,
    );
    until = found.size === known ? oldest - 1 : oldest;
  }
}
