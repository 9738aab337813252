import type { AnswerPage } from '../../src/relay/store/store.ts';
import type { StoredEvent } from '../../src/relay/store/stored-event.ts';
import { Sender } from '../../src/relay/verify/sender.ts';
import type { Lane } from '../../src/relay/work/lane.ts';
import { Turns } from '../../src/relay/work/turns.ts';

/** Turns that a test takes by hand, on a clock that it sets; every look at the clock takes `lookMs`. */
export function manualTurns(lookMs = 0) {
  const state = { nowMs: 0, lookMs };
  const pending: (() => void)[] = [];
  const clock = (): number => {
    state.nowMs += state.lookMs;
    return state.nowMs;
  };
  const turns = new Turns({ clock, nextTurn: (callback) => void pending.push(callback) });
  /** One turn of the event loop; false where nothing waits for it. */
  const turn = async (): Promise<boolean> => {
    const callbacks = pending.splice(0);
    for (const callback of callbacks) callback();
    await settled();
    return callbacks.length > 0;
  };
  return { turns, turn, state };
}

/** Lets everything go on that waits for nothing but promises. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

/** A lane whose client is alone. */
export function someLane(): Lane {
  return new Turns({ clock: () => 0, nextTurn: setImmediate }).lane();
}

/** A sender with any credit. */
export function someSender(address = 'here'): Sender {
  return new Sender({ address, creditMax: 0, onSpent: () => undefined });
}

/** A publisher that nothing keeps from publishing. */
export function somePublisher(...pubkeys: readonly string[]) {
  return { pubkeys, sender: someSender(), lane: someLane() };
}

/** An answer in pages. */
export async function* pagesOf(...pages: readonly (readonly StoredEvent[])[]): AsyncGenerator<AnswerPage> {
  for (const events of pages) yield { events, heldBytes: 0 };
}
