import { encodeMaskedTextFrame } from '../../base/websocket-frame.ts';
import { ownedConnections, subscriberOf, topicOfSubscriber } from '../../plan/split.ts';
import { LIVE_SUBSCRIPTION } from '../../wire/subscription-id.ts';
import { CorpusLoad } from '../../workload/corpus-load.ts';
import type { DeliveryTracker } from '../../workload/deliveries.ts';
import type { DrawPools } from '../../workload/draw-filter.ts';
import type { FromWorker } from '../messages.ts';
import type { ReplyReceivers } from './reply-sorter.ts';
import { corpusTopics, createCorpusWriter, liveFilter, type WorkloadContext } from './workloads.ts';

/** A live subscription that is neither EOSE'd nor CLOSED after this long is given up. */
const SUBSCRIBE_TIMEOUT_MS = 10_000;
const MASK = 0x5a17c3e9;
const PROGRESS_EVERY = 250;
/** Stored events are spread over the month before the run. */
const CORPUS_SPAN_S = 30 * 86_400;

export interface Preparation {
  readonly context: WorkloadContext;
  readonly receivers: ReplyReceivers;
  readonly send: (message: FromWorker) => void;
}

/** Open the live subscriptions of this worker and wait until each has said EOSE. @returns how many did not */
export async function subscribeAll(preparation: Preparation, deliveries: DeliveryTracker): Promise<number> {
  const { context, receivers } = preparation;
  const { subscribe } = context.plan;
  if (subscribe === null) return 0;
  const connections = ownedConnections(subscribe.connections, context.shard);
  const waiting = new Set(connections.filter((connection) => context.isOpen(connection)));
  const refused = connections.length - waiting.size;
  let rejected = 0;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, SUBSCRIBE_TIMEOUT_MS);
    const finishIfDone = (): void => {
      if (waiting.size > 0) return;
      clearTimeout(timer);
      resolve();
    };
    receivers.onSubscription = (connection, isLive): void => {
      if (waiting.delete(connection) && !isLive) rejected++;
      reportEvery(preparation, connections.length - waiting.size, connections.length);
      finishIfDone();
    };
    for (const connection of waiting) {
      const topic = topicOfSubscriber(subscriberOf(subscribe, connection), subscribe.topics);
      const text = JSON.stringify(['REQ', LIVE_SUBSCRIPTION, liveFilter(context, topic)]);
      context.sendNow(connection, encodeMaskedTextFrame(text, MASK));
    }
    finishIfDone();
  });
  receivers.onSubscription = () => undefined;
  // A subscription without EOSE counts as absent: deliveries to it are not expected.
  for (const connection of waiting) deliveries.onUnsubscribed(connection);
  return refused + rejected + waiting.size;
}

function reportEvery({ send }: Preparation, done: number, total: number): void {
  if (done % PROGRESS_EVERY === 0 || done === total)
    send({ type: 'preparing', done, total, what: 'subscriptions' });
}

/** Store this worker's share of the corpus. @returns what queries can draw from, and a problem where there is one */
export async function loadCorpus({
  context,
  receivers,
  send,
}: Preparation): Promise<{ pools: DrawPools; problem: string | null }> {
  const { plan, shard, start } = context;
  const total = plan.corpus.events;
  if (total === 0) return { pools: { authors: [], ids: [], topics: corpusTopics(context) }, problem: null };
  const writer = createCorpusWriter(context);
  const numbers = Array.from(
    { length: Math.ceil((total - shard.index) / shard.count) },
    (_, i) => shard.index + i * shard.count,
  );
  const load = new CorpusLoad({
    writer,
    numbers,
    connections: ownedConnections({ first: 0, count: plan.connections.count }, shard),
    isOpen: context.isOpen,
    send: context.sendNow,
    newest_s: Math.floor(start.wallMs / 1_000) - 60,
    spacing_s: CORPUS_SPAN_S / total,
    total,
    onProgress: (done) => {
      if (done % PROGRESS_EVERY === 0)
        send({ type: 'preparing', done, total: numbers.length, what: 'stored events' });
    },
  });
  receivers.corpus = load;
  await load.run();
  receivers.corpus = null;
  const problem =
    load.missing === 0 ? null : `${load.missing} of ${numbers.length} corpus events were not stored`;
  return { pools: { authors: writer.publicKeys, ids: load.ids, topics: corpusTopics(context) }, problem };
}
