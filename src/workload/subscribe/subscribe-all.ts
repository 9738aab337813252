import { afterPoll } from '../../base/after-poll.ts';
import { encodeMaskedTextFrame } from '../../base/websocket-frame.ts';
import type { Filter } from '../../nostr/filter.ts';
import { type PreparationTally, refusedIn } from '../preparation-tally.ts';
import { PROGRESS_EVERY } from '../progress-every.ts';
import type { WorkerContext } from '../worker-part.ts';
import { LIVE_SUBSCRIPTION } from './live-subscription.ts';

/** A live subscription that is neither EOSE'd nor CLOSED after this long is given up. */
const SUBSCRIBE_TIMEOUT_MS = 10_000;
const MASK = 0x5a17c3e9;

/** Called when a live subscription became live (null) or was refused, with the relay's word. */
export type OnSubscription = (connection: number, refusal: string | null) => void;

export interface SubscribeRequest {
  /** Connections of this worker that are to have a live subscription. */
  readonly connections: readonly number[];
  /** The frame that opens it. */
  readonly requestOf: (connection: number) => Buffer;
  /** Who is to be told what relays say of them, until all have said something. */
  readonly listen: (onSubscription: OnSubscription) => void;
}

/** The REQ of the one live subscription of a connection. */
export function liveRequest(...filters: readonly Filter[]): Buffer {
  return requestOn(LIVE_SUBSCRIPTION, ...filters);
}

/** The REQ of another one. */
export function requestOn(subscription: string, ...filters: readonly Filter[]): Buffer {
  return encodeMaskedTextFrame(JSON.stringify(['REQ', subscription, ...filters]), MASK);
}

/**
 * Open the live subscriptions of this worker and wait until each has said EOSE.
 * @returns how the target took them
 */
export async function subscribeAll(
  context: Pick<WorkerContext, 'connections' | 'onProgress'>,
  { connections, requestOf, listen }: SubscribeRequest,
): Promise<PreparationTally> {
  const { takes, send } = context.connections;
  const asked = connections.length;
  // Those that are away subscribe when they are back.
  const waiting = new Set(connections.filter((connection) => takes(connection)));
  const unsent = asked - waiting.size;
  const refused = new Map<string, number>();
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => afterPoll(resolve), SUBSCRIBE_TIMEOUT_MS);
    const finishIfDone = (): void => {
      if (waiting.size > 0) return;
      clearTimeout(timer);
      resolve();
    };
    listen((connection, refusal) => {
      if (waiting.delete(connection) && refusal !== null)
        refused.set(refusal, (refused.get(refusal) ?? 0) + 1);
      const done = asked - waiting.size;
      if (done % PROGRESS_EVERY === 0 || done === asked) context.onProgress('subscriptions', done, asked);
      finishIfDone();
    });
    for (const connection of waiting) {
      send(connection, requestOf(connection));
    }
    finishIfDone();
  });
  listen(() => undefined);
  const failed = unsent + refusedIn({ refused }) + waiting.size;
  return { asked, done: asked - failed, refused, unanswered: waiting.size, unsent };
}
