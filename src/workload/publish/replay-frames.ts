import { until } from '../../base/until.ts';
import { FreshSigner } from '../../corpus/replay/fresh-signer.ts';
import { LinesAhead } from '../../corpus/replay/lines-ahead.ts';
import { ReplayFrames } from '../../corpus/replay/replay-frames.ts';
import { ReplayOrder } from '../../corpus/replay/replay-order.ts';
import type { NamedCorpus, ReplayPlan } from '../../plan/parts.ts';
import { streamOf } from '../stream-of.ts';
import type { WorkerContext } from '../worker-part.ts';

/** Bytes of the largest event that a profile makes, as JSON; events beyond the file are not known before. */
const LARGEST = { social: 65_536, uniform: 4_096, heavy: 196_608 } as const;

/**
 * The frames of the replayed corpus.
 * @param topicOf the topic of an event
 * @returns when the first of them can be built
 */
export async function createReplayFrames(
  context: WorkerContext,
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
