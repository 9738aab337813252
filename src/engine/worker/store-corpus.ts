import { createRandom } from '../../base/random.ts';
import { createEventFrameWriter, type EventFrameWriter } from '../../corpus/event-frames.ts';
import { FILLER_WORDS } from '../../corpus/filler-text.ts';
import { corpusRunTag, topicTag } from '../../corpus/marker.ts';
import { LinesAhead } from '../../corpus/replay/lines-ahead.ts';
import { NEWEST_NOTE_S, NOTES_SPAN_S } from '../../plan/corpus-times.ts';
import type { NamedCorpus } from '../../plan/parts.ts';
import { ownedConnections } from '../../plan/split.ts';
import { CorpusLoad, type CorpusLoadResult } from '../../workload/corpus-load.ts';
import type { DrawPools } from '../../workload/draw-filter.ts';
import {
  corpusEvents,
  type EventsToStore,
  noteTime_s,
  signedEvents,
} from '../../workload/events-to-store.ts';
import { NOTHING_ASKED, type PreparationTally } from '../../workload/preparation-tally.ts';
import { PROGRESS_EVERY } from '../../workload/progress-every.ts';
import { describeRefusals } from '../../workload/refusals.ts';
import type { StoredCorpus, StoredNote, StoredNotes, WorkerContext } from '../../workload/worker-part.ts';
import type { FromWorker } from '../messages.ts';
import { mineAhead } from './mine-ahead.ts';
import type { ReplySorter } from './reply-sorter.ts';

/** What events are stored with. */
export interface Storing {
  readonly context: WorkerContext;
  /** Hands the answers over. */
  readonly sorter: Pick<ReplySorter, 'storing'>;
  readonly send: (message: FromWorker) => void;
}

/** What was stored before the load, and how the target took it. */
export interface Stored extends StoredNotes {
  readonly stored: StoredCorpus;
  readonly storing: PreparationTally;
  /** What a reader must know. */
  readonly remarks: readonly string[];
}

/** Store this worker's share of what is to be stored before the load. */
export async function storeCorpus(storing: Storing): Promise<Stored> {
  const { named } = storing.context.plan.corpus;
  if (named === null) {
    const { pools, notes, tally } = await storeNotes(storing);
    return { pools, notes, stored: { failed: [], hadSome: false }, storing: tally, remarks: [] };
  }
  const { tally, remarks, ...stored } = await storeEvents(storing, named);
  return { pools: null, notes: [], stored, storing: tally, remarks };
}

function createCorpusWriter({ plan, runTag }: WorkerContext): EventFrameWriter {
  return createEventFrameWriter({
    seed: plan.seed,
    authors: plan.corpus.authors,
    ...plan.corpus.notes,
    topics: plan.corpus.topics,
    runTag: corpusRunTag(runTag),
    work: plan.fitted?.work ?? 0,
  });
}

function corpusTopics({ plan, runTag }: WorkerContext): readonly string[] {
  return Array.from({ length: plan.corpus.topics }, (_, topic) => topicTag(corpusRunTag(runTag), topic));
}

/** What queries can draw from where notes were signed for the run, and how the target took them. */
interface OwnNotes {
  readonly pools: DrawPools;
  readonly notes: readonly StoredNote[];
  readonly tally: PreparationTally;
}

/** Sign and store this worker's share of the notes. */
async function storeNotes(preparation: Storing): Promise<OwnNotes> {
  const { plan, shard, start } = preparation.context;
  const total = plan.corpus.events;
  const times = plan.fitted?.times;
  const topics = corpusTopics(preparation.context);
  if (total === 0)
    return {
      pools: { authors: [], ids: [], threads: [], topics, words: [] },
      notes: [],
      tally: NOTHING_ASKED,
    };
  const writer = createCorpusWriter(preparation.context);
  const numbers = Array.from(
    { length: Math.ceil((total - shard.index) / shard.count) },
    (_, i) => shard.index + i * shard.count,
  );
  const dates = {
    newest_s: times?.end_s ?? Math.floor(start.wallMs / 1_000) - NEWEST_NOTE_S,
    spacing_s: (times?.span_s ?? NOTES_SPAN_S) / total,
    total,
  };
  const signed = signedEvents({ writer, numbers, ...dates });
  const task = { what: 'mining of events to be stored', total: numbers.length, send: preparation.send };
  const isMined = (plan.fitted?.work ?? 0) > 0;
  const events = isMined ? await mineAhead(signed, task) : signed;
  const result = await store(preparation, events, numbers.length);
  const { ids, stored } = result;
  const words = ids.length === 0 ? [] : FILLER_WORDS;
  const pools = { authors: writer.publicKeys, ids, threads: ids, topics, words };
  const notes = ids.map((id, i) => ({ id, created_at: noteTime_s(stored[i] as number, dates) }));
  return { pools, notes, tally: tallyOf(result, numbers.length) };
}

/** What became of a worker's share of the stored events of a named corpus. */
interface StoredEvents {
  /** Events that were refused or never answered. */
  readonly failed: readonly number[];
  /** Whether the relay had some of them already. */
  readonly hadSome: boolean;
  readonly tally: PreparationTally;
  readonly remarks: readonly string[];
}

/** Store this worker's share of the first events of the named corpus. */
async function storeEvents(preparation: Storing, { file, events: size }: NamedCorpus): Promise<StoredEvents> {
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
  const present = plan.fitted?.present ?? new Set<number>();
  const events = corpusEvents({ lines, events: total, present, shard, nextMask });
  const share = Math.ceil((total - shard.index) / shard.count);
  const result = await store(preparation, events, share);
  lines.close();
  return outcomeOf(result, events.isEnded ? endedOf(result) : share, present.size > 0);
}

/** Every event was sent: fewer than the share of the worker where some are there already, or nobody keeps them. */
function endedOf({ answered, unanswered }: CorpusLoadResult): number {
  return answered + unanswered.length;
}

/**
 * @param isKnown whether the relay had some of the events before. Then it may have forgotten the others rightly: an
 *   earlier run has replaced or deleted them, and whether it takes them again nobody knows.
 */
function outcomeOf(result: CorpusLoadResult, asked: number, isKnown: boolean): StoredEvents {
  const { unanswered, refused, stored, refusals, duplicates } = result;
  const remarks =
    refused.length === 0
      ? []
      : [`of the events to be stored ${refused.length} were refused ${describeRefusals(refusals)}`];
  const tally = tallyOf(result, asked);
  return {
    failed: [...refused, ...unanswered, ...(isKnown ? stored : [])],
    hadSome: isKnown || duplicates > 0,
    tally: isKnown ? { ...tally, done: asked, refused: new Map() } : tally,
    remarks,
  };
}

function tallyOf(result: CorpusLoadResult, asked: number): PreparationTally {
  const { answered, refused, refusals, unanswered, isGivenUp } = result;
  return {
    asked,
    done: answered - refused.length,
    refused: new Map(refusals.map(({ text, count }) => [text, count])),
    unanswered: isGivenUp ? 0 : unanswered.length,
    unsent: isGivenUp ? 0 : asked - answered - unanswered.length,
  };
}

async function store(
  { context, sorter, send }: Storing,
  events: EventsToStore,
  total: number,
): Promise<CorpusLoadResult> {
  const { plan, shard } = context;
  const { isOpen, send: sendNow } = context.connections;
  const load = new CorpusLoad({
    events,
    connections: ownedConnections({ first: 0, count: plan.connections.count }, shard),
    isOpen,
    send: sendNow,
    onRetried: () => context.sink.count(context.currentPhase(), 'events_retried_after_auth'),
    givesUp: (plan.fitted?.present.size ?? 0) === 0,
    onProgress: (done) => {
      if (done % PROGRESS_EVERY === 0)
        send({ type: 'preparing', done: Math.min(done, total), total, what: 'stored events' });
    },
  });
  sorter.storing = load;
  try {
    return await load.run();
  } finally {
    sorter.storing = null;
  }
}
