import { createRandom } from '../../base/random.ts';
import { LinesAhead } from '../../corpus/replay/lines-ahead.ts';
import type { NamedCorpus } from '../../plan/plan.ts';
import { ownedConnections } from '../../plan/split.ts';
import { CorpusLoad, type CorpusLoadResult } from '../../workload/corpus-load.ts';
import type { DrawPools } from '../../workload/draw-filter.ts';
import { corpusEvents, type EventsToStore, signedEvents } from '../../workload/events-to-store.ts';
import { NOTHING_ASKED, type PreparationTally } from '../preparation-tally.ts';
import { corpusTopics, createCorpusWriter } from './corpus-notes.ts';
import { PROGRESS_EVERY, type Preparation } from './preparation.ts';

/** Notes are spread over the month before the run. */
const NOTES_SPAN_S = 30 * 86_400;

/** What queries can draw from where notes were signed for the run, and how the target took them. */
export interface StoredNotes {
  readonly pools: DrawPools;
  readonly tally: PreparationTally;
}

/** Sign and store this worker's share of the notes. */
export async function storeNotes(preparation: Preparation): Promise<StoredNotes> {
  const { plan, shard, start } = preparation.context;
  const total = plan.corpus.events;
  const topics = corpusTopics(preparation.context);
  if (total === 0) return { pools: { authors: [], ids: [], threads: [], topics }, tally: NOTHING_ASKED };
  const writer = createCorpusWriter(preparation.context);
  const numbers = Array.from(
    { length: Math.ceil((total - shard.index) / shard.count) },
    (_, i) => shard.index + i * shard.count,
  );
  const events = signedEvents({
    writer,
    numbers,
    newest_s: Math.floor(start.wallMs / 1_000) - 60,
    spacing_s: NOTES_SPAN_S / total,
    total,
  });
  const result = await store(preparation, events, numbers.length);
  const { ids } = result;
  const pools = { authors: writer.publicKeys, ids, threads: ids, topics };
  return { pools, tally: tallyOf(result, numbers.length) };
}

/** What became of a worker's share of the stored events of a named corpus. */
export interface StoredEvents {
  /** Events that were refused or never answered. */
  readonly failed: readonly number[];
  /** Whether the relay had some of them already. */
  readonly hadSome: boolean;
  readonly tally: PreparationTally;
  readonly remarks: readonly string[];
}

/** Store this worker's share of the first events of the named corpus. */
export async function storeEvents(
  preparation: Preparation,
  { file, events: size }: NamedCorpus,
): Promise<StoredEvents> {
  const { plan, shard, fail } = preparation.context;
  const total = plan.corpus.events;
  if (total === 0 || file === null) return { failed: [], hadSome: false, tally: NOTHING_ASKED, remarks: [] };
  const lines = new LinesAhead({
    file,
    from: 0,
    events: size,
    onReady: () => events.onReady(),
    onFailure: fail,
  });
  const nextMask = createRandom(plan.seed, `store-masks-${shard.index}`).uint32;
  const events = corpusEvents({ lines, events: total, shard, nextMask });
  const asked = Math.ceil((total - shard.index) / shard.count);
  const result = await store(preparation, events, asked);
  lines.close();
  return outcomeOf(result, asked);
}

function outcomeOf(result: CorpusLoadResult, asked: number): StoredEvents {
  const { unanswered, refused, reasons, duplicates } = result;
  const words = [...reasons].map(([word, times]) => `${times} ${word}`).join(', ');
  const remarks =
    refused.length === 0 ? [] : [`of the events to be stored ${refused.length} were refused (${words})`];
  return {
    failed: [...refused, ...unanswered],
    hadSome: duplicates > 0,
    tally: tallyOf(result, asked),
    remarks,
  };
}

function tallyOf(result: CorpusLoadResult, asked: number): PreparationTally {
  const { answered, refused, reasons, unanswered } = result;
  return {
    asked,
    done: answered - refused.length,
    refused: reasons,
    unanswered: unanswered.length,
    unsent: asked - answered - unanswered.length,
  };
}

async function store(
  { context, receivers, send }: Preparation,
  events: EventsToStore,
  total: number,
): Promise<CorpusLoadResult> {
  const { plan, shard, isOpen, sendNow } = context;
  const load = new CorpusLoad({
    events,
    connections: ownedConnections({ first: 0, count: plan.connections.count }, shard),
    isOpen,
    send: sendNow,
    onProgress: (done) => {
      if (done % PROGRESS_EVERY === 0)
        send({ type: 'preparing', done: Math.min(done, total), total, what: 'stored events' });
    },
  });
  receivers.corpus = load;
  try {
    return await load.run();
  } finally {
    receivers.corpus = null;
  }
}
