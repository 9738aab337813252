import { afterPoll } from '../../base/after-poll.ts';
import { encodeMaskedTextFrame } from '../../base/websocket-frame.ts';
import type { Filter } from '../../nostr/filter.ts';
import { ownedConnections, subscriberOf, topicOfSubscriber } from '../../plan/split.ts';
import { LIVE_SUBSCRIPTION } from '../../wire/subscription-id.ts';
import type { DeliveryTracker } from '../../workload/deliveries.ts';
import type { FromWorker } from '../messages.ts';
import { NOTHING_ASKED, type PreparationTally, refusedIn } from '../preparation-tally.ts';
import type { ReplyReceivers } from './reply-sorter.ts';
import type { WorkloadContext } from './workloads.ts';

/** A live subscription that is neither EOSE'd nor CLOSED after this long is given up. */
const SUBSCRIBE_TIMEOUT_MS = 10_000;
const MASK = 0x5a17c3e9;
/** Progress is told once in so many steps. */
export const PROGRESS_EVERY = 250;

export interface Preparation {
  readonly context: WorkloadContext;
  readonly receivers: ReplyReceivers;
  readonly send: (message: FromWorker) => void;
}

/**
 * Open the live subscriptions of this worker and wait until each has said EOSE.
 * @param filterOf the filter of a topic
 * @returns how the target took them
 */
export async function subscribeAll(
  preparation: Preparation,
  deliveries: DeliveryTracker,
  filterOf: (topic: number) => Filter,
): Promise<PreparationTally> {
  const { context, receivers } = preparation;
  const { subscribe } = context.plan;
  if (subscribe === null) return NOTHING_ASKED;
  deliveries.useFilters(filterOf);
  const connections = ownedConnections(subscribe.connections, context.shard);
  const waiting = new Set(connections.filter((connection) => context.isOpen(connection)));
  const unsent = connections.length - waiting.size;
  const refused = new Map<string, number>();
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => afterPoll(resolve), SUBSCRIBE_TIMEOUT_MS);
    const finishIfDone = (): void => {
      if (waiting.size > 0) return;
      clearTimeout(timer);
      resolve();
    };
    receivers.onSubscription = (connection, refusal): void => {
      if (waiting.delete(connection) && refusal !== null)
        refused.set(refusal, (refused.get(refusal) ?? 0) + 1);
      reportEvery(preparation, connections.length - waiting.size, connections.length);
      finishIfDone();
    };
    for (const connection of waiting) {
      const topic = topicOfSubscriber(subscriberOf(subscribe, connection), subscribe.topics);
      const text = JSON.stringify(['REQ', LIVE_SUBSCRIPTION, filterOf(topic)]);
      context.sendNow(connection, encodeMaskedTextFrame(text, MASK));
    }
    finishIfDone();
  });
  receivers.onSubscription = () => undefined;
  const asked = connections.length;
  const failed = unsent + refusedIn({ refused }) + waiting.size;
  return { asked, done: asked - failed, refused, unanswered: waiting.size, unsent };
}

function reportEvery({ send }: Preparation, done: number, total: number): void {
  if (done % PROGRESS_EVERY === 0 || done === total)
    send({ type: 'preparing', done, total, what: 'subscriptions' });
}
