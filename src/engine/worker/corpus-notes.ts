import { createEventFrameWriter, type EventFrameWriter } from '../../corpus/event-frames.ts';
import { topicTag } from '../../corpus/marker.ts';
import type { WorkloadContext } from './workloads.ts';

/** Stored events are tagged apart from live ones, so that no live subscription matches them. */
export function corpusRunTag(runTag: string): string {
  const last = Number.parseInt(runTag.slice(-1), 16);
  return runTag.slice(0, -1) + (last ^ 1).toString(16);
}

export function createCorpusWriter(context: WorkloadContext): EventFrameWriter {
  const { plan, runTag } = context;
  return createEventFrameWriter({
    seed: plan.seed,
    authors: plan.corpus.authors,
    kind: plan.publish?.kind ?? 1,
    contentBytes: plan.publish?.contentBytes ?? 280,
    topics: plan.corpus.topics,
    runTag: corpusRunTag(runTag),
    work: plan.fitted?.work ?? 0,
  });
}

export function corpusTopics({ plan, runTag }: WorkloadContext): readonly string[] {
  return Array.from({ length: plan.corpus.topics }, (_, topic) => topicTag(corpusRunTag(runTag), topic));
}
