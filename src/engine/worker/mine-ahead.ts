import type { EventsToStore, EventToStore } from '../../workload/events-to-store.ts';
import { inSlices, SLICE_MS, type Task } from './in-slices.ts';

/**
 * Takes all events before the first is sent: where each is mined for seconds (NIP-13), a relay that waits for the next one
 * would look as if it did not answer.
 */
export async function mineAhead(events: EventsToStore, task: Task): Promise<EventsToStore> {
  const taken: EventToStore[] = [];
  await inSlices(task, () => {
    const endMs = performance.now() + SLICE_MS;
    const before = taken.length;
    do {
      const event = events.take();
      if (event === null) return { done: taken.length - before, isOver: true };
      taken.push(event);
    } while (performance.now() < endMs);
    return { done: taken.length - before, isOver: false };
  });
  return eventsOf(taken);
}

function eventsOf(taken: readonly EventToStore[]): EventsToStore {
  let next = 0;
  return {
    take: () => taken[next++] ?? null,
    ended: () => undefined,
    get isEnded() {
      return next >= taken.length;
    },
    onReady: () => undefined,
  };
}
