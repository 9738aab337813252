import { FreshSigner } from '../../corpus/replay/fresh-signer.ts';
import { LinesAhead } from '../../corpus/replay/lines-ahead.ts';
import { ReplayFrames } from '../../corpus/replay/replay-frames.ts';
import { ReplayOrder } from '../../corpus/replay/replay-order.ts';
import { createPacer } from '../../plan/pacer.ts';
import type { NamedCorpus, ReplayPlan } from '../../plan/plan.ts';
import type { PublishedKnowledge } from '../../workload/answer-samples.ts';
import { PublishedEvents } from '../../workload/published-events.ts';
import type { AnswerChecker } from './answer-checker.ts';
import { until } from './ramp.ts';
import { streamOf, type WorkloadContext } from './workloads.ts';

/** Bytes of the largest event that a profile makes, as JSON; events beyond the file are not known before. */
const LARGEST = { social: 65_536, uniform: 4_096, heavy: 196_608 } as const;

/**
 * The frames of the replayed corpus.
 * @param topicOf the topic of an event
 * @returns when the first of them can be built
 */
export async function createReplayFrames(
  context: WorkloadContext,
  replay: ReplayPlan,
  topicOf: (line: Buffer) => number,
): Promise<ReplayFrames> {
  const { plan, shard, fail, onCredit } = context;
  const { profile, file, generated, maxEventBytes, events } = plan.corpus.named as NamedCorpus;
  if (file === null) throw new Error('the corpus was not made before the run');
  const isEndless = replay.end === Number.POSITIVE_INFINITY;
  const lines = new LinesAhead({
    file,
    from: replay.first,
    events,
    onReady: onCredit,
    onFailure: fail,
  });
  const frames = new ReplayFrames({
    order: new ReplayOrder(replay),
    lines,
    events,
    endless: isEndless ? generated : null,
    maxEventBytes: isEndless && generated !== null ? LARGEST[generated.profile] : maxEventBytes,
    seed: plan.seed + shard.index,
    topicOf,
    // The authors of an imported corpus are people, whose keys nobody has here.
    fresh: profile === 'imported' ? null : new FreshSigner(plan.seed),
  });
  const limit = streamOf(plan, 'publish')?.limit ?? Number.POSITIVE_INFINITY;
  if (shard.index < limit) await until(() => frames.isReady(shard.index));
  return frames;
}

/** What is known of the events of the corpus while queries are answered. */
export interface CorpusKnowledge {
  readonly knowledge: PublishedKnowledge;
  /** Follows what is published; null where nothing is. */
  readonly published: PublishedEvents | null;
}

/** @param checker told what the relay has not, and whether it had anything before */
export function createKnowledge(context: WorkloadContext, checker: AnswerChecker): CorpusKnowledge {
  const { plan, shard, start } = context;
  const stored = plan.corpus.events;
  const replay = plan.publish?.replay ?? null;
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
