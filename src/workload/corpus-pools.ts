import { openCorpus } from '../corpus/files/open-corpus.ts';
import { CorpusIndex } from '../corpus/index/corpus-index.ts';
import type { CorpusPools } from '../corpus/index/corpus-pools.ts';
import type { Plan } from '../plan/plan.ts';
import type { DrawPools } from './draw-filter.ts';
import type { StoredNotes } from './worker-part.ts';

/** Values of each sort to draw from. */
const MOST_DRAWN = 10_000;

/** What filters are drawn from: the notes that were stored for the run, or the stored part of the named corpus. */
export async function poolsOf(
  { pools }: Pick<StoredNotes, 'pools'>,
  { corpus }: Pick<Plan, 'corpus'>,
): Promise<DrawPools> {
  if (pools !== null) return pools;
  const file = corpus.named?.file ?? null;
  const index =
    file === null ? new CorpusIndex() : await CorpusIndex.build((await openCorpus(file.dir)).batches());
  return drawPools(index.pools(MOST_DRAWN, corpus.events));
}

/** What a corpus has, as filters are drawn from it; nothing where there is none. */
export function drawPools(pools: CorpusPools | undefined): DrawPools {
  if (pools === undefined) return { authors: [], ids: [], threads: [], topics: [], words: [] };
  const { authors, ids, threads, hashtags, words, ...shapes } = pools;
  return { authors, ids, threads, topics: hashtags, words, shapes };
}
