import { createRandom } from '../../base/random.ts';
import { LinesAhead } from '../../corpus/replay/lines-ahead.ts';
import { NEWEST_NOTE_S, NOTES_SPAN_S } from '../../plan/corpus-times.ts';
import type { NamedCorpus } from '../../plan/plan.ts';
import { ownedConnections } from '../../plan/split.ts';
import { CorpusLoad, type CorpusLoadResult } from '../../workload/corpus-load.ts';
import type { DrawPools } from '../../workload/draw-filter.ts';
import { corpusEvents, type EventsToStore, signedEvents } from '../../workload/events-to-store.ts';
import { describeRefusals } from '../../workload/refusals.ts';
import { NOTHING_ASKED, type PreparationTally } from '../preparation-tally.ts';
import { corpusTopics, createCorpusWriter } from './corpus-notes.ts';
import { mineAhead } from './mine-ahead.ts';
import { PROGRESS_EVERY, type Preparation } from './preparation.ts';

/** What queries can draw from where notes were signed for the run, and how the target took them. */
export interface StoredNotes {
  readonly pools: DrawPools;
  readonly tally: PreparationTally;
}

/** Sign and store this worker's share of the notes. */
export async function storeNotes(preparation: Preparation): Promise<StoredNotes> {
  const { plan, shard, start } = preparation.context;
  const total = plan.corpus.events;
  const times = plan.fitted?.times;
  const topics = corpusTopics(preparation.context);
  if (total === 0) return { pools: { authors: [], ids: [], threads: [], topics }, tally: NOTHING_ASKED };
  const writer = createCorpusWriter(preparation.context);
  const numbers = Array.from(
    { length: Math.ceil((total - shard.index) / shard.count) },
    (_, i) => shard.index + i * shard.count,
  );
  const signed = signedEvents({
    writer,
    numbers,
    newest_s: times?.end_s ?? Math.floor(start.wallMs / 1_000) - NEWEST_NOTE_S,
    spacing_s: (times?.span_s ?? NOTES_SPAN_S) / total,
    total,
  });
  const task = { what: 'mining of events to be stored', total: numbers.length, send: preparation.send };
  const isMined = (plan.fitted?.work ?? 0) > 0;
  const events = isMined ? await mineAhead(signed, task) : signed;
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
    givesUp: (plan.fitted?.present.size ?? 0) === 0,
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
