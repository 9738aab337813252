import { ReplayOrder } from '../../corpus/replay/replay-order.ts';
import { createPacer } from '../../plan/pacer.ts';
import { streamOf } from '../stream-of.ts';
import type { WorkerContext } from '../worker-part.ts';
import type { AnswerChecker } from './answer-checker.ts';
import type { PublishedKnowledge } from './answer-samples.ts';
import { PublishedEvents } from './published-events.ts';

/** What is known of the events of the corpus while queries are answered. */
export interface CorpusKnowledge {
  readonly knowledge: PublishedKnowledge;
  /** Follows what is published; null where nothing is. */
  readonly published: PublishedEvents | null;
}

/** @param checker told what the relay has not, and whether it had anything before */
export function createKnowledge(context: WorkerContext, checker: AnswerChecker): CorpusKnowledge {
  const { plan, shard, start } = context;
  const stored = plan.corpus.events;
  const replay = plan.workloads.publish?.replay ?? null;
  const stream = streamOf(plan, 'publish');
  if (replay === null || stream === undefined) {
    return { knowledge: { certainBelow: () => stored, sentBelow: () => stored }, published: null };
  }
  const published = new PublishedEvents({
    order: new ReplayOrder(replay),
    first: stored,
    isAlone: shard.count === 1,
    everyArrival: createPacer(stream, plan.phases, plan.seed, { index: 0, count: 1 }),
    start,
    onFailed: (event) => checker.failed([event]),
    onKnownBefore: once(() => checker.knownBefore()),
  });
  return { knowledge: published, published };
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) action();
    isDone = true;
  };
}
