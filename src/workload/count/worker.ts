import { createRandom } from '../../base/random.ts';
import { openCorpus } from '../../corpus/files/open-corpus.ts';
import { CorpusIndex } from '../../corpus/index/corpus-index.ts';
import type { Filter } from '../../nostr/filter.ts';
import { ownedConnections } from '../../plan/split.ts';
import { FrameStore } from '../../wire/frame-store.ts';
import { AskingPart } from '../asking-part.ts';
import { type DrawPools, emptyDraws } from '../draw-filter.ts';
import { maxFilterFrameBytes, sharesOf } from '../filter-shares.ts';
import { clientsOf, scheduleOf, slotsFor } from '../stream-of.ts';
import type { CreatePart, Prepared, StoredCorpus, StoredNotes, WorkerContext } from '../worker-part.ts';
import { boundsOf, boundsOfNotes, countInCorpus, type Taken } from './count-bounds.ts';
import { type CountQuestion, drawQuestions } from './count-questions.ts';
import { COUNT_LETTER, CountWorkload, type KnownCount } from './count-workload.ts';
import type { CountPlan } from './plan.ts';

/** Values of each sort to draw filters from. */
const MOST_DRAWN = 10_000;

type Drawn = readonly (readonly CountQuestion[])[];

/** What filters are drawn from, and how many events match each of them. */
interface Source {
  readonly pools: DrawPools;
  readonly boundsOf: (filter: Filter) => CountQuestion['bounds'];
}

/** Counting in a worker: COUNT → its answer, and whether the number can be right. */
class CountPart extends AskingPart<CountWorkload> {
  protected override readonly letter = COUNT_LETTER;
  readonly #plan: CountPlan;
  readonly #context: WorkerContext;
  #drawn: Drawn = [];

  constructor(plan: CountPlan, context: WorkerContext) {
    super();
    this.#plan = plan;
    this.#context = context;
  }

  override async prepare({ pools }: StoredNotes): Promise<Prepared> {
    const { plan, shard } = this.#context;
    const source = pools === null ? await this.#inCorpus() : this.#inNotes(pools);
    const random = createRandom(plan.seed, `count-filters/${shard.index}`);
    this.#drawn = drawQuestions(this.#plan.filters, source.pools, random, source.boundsOf);
    this.workload = this.#create(this.#known({ failed: 0, hadSome: false }));
    const empty = emptyDraws(this.#plan.filters, source.pools);
    const problems = empty.map((key) => `the stored part of the corpus has nothing to draw "${key}" from`);
    return { problems: pools === null ? problems : [], tally: null };
  }

  override started({ failed, hadSome }: StoredCorpus): void {
    this.workload?.setQuestions(this.#known({ failed: failed.length, hadSome }));
    this.#drawn = [];
  }

  /** The index is there for as long as filters are drawn: the load needs only the numbers. */
  async #inCorpus(): Promise<Source> {
    const { corpus } = this.#context.plan;
    const file = corpus.named?.file ?? null;
    const index = file === null ? new CorpusIndex() : await indexOf(file.dir);
    const { authors, ids, threads, hashtags, words } = index.pools(MOST_DRAWN, corpus.events);
    return {
      pools: { authors, ids, threads, topics: hashtags, words },
      boundsOf: (filter) => {
        const count = countInCorpus(index, filter, corpus.events);
        return (taken) => boundsOf(count, taken);
      },
    };
  }

  #inNotes(pools: DrawPools): Source {
    const { plan, shard } = this.#context;
    const { events: total, notes } = plan.corpus;
    const own = Math.ceil((total - shard.index) / shard.count);
    const areStored = pools.ids.length >= own && plan.targets.length === 1;
    return {
      pools,
      boundsOf: (filter) => {
        const topics = pools.topics;
        const bounds = boundsOfNotes({ kind: notes.kind, total, topics, areStored, shard }, filter);
        return () => bounds;
      },
    };
  }

  #known(found: Omit<Taken, 'isComplete'>): readonly (readonly KnownCount[])[] {
    const taken = { ...found, isComplete: this.#context.plan.targets.length === 1 };
    return this.#drawn.map((questions) =>
      questions.map(({ filter, bounds }) => ({ filter, bounds: bounds(taken) })),
    );
  }

  #create(questions: readonly (readonly KnownCount[])[]): CountWorkload {
    const context = this.#context;
    const { plan, shard, start, sink, series, cases } = context;
    const { filters, timeoutMs, connections } = this.#plan;
    const slotBytes = maxFilterFrameBytes(filters);
    const slots = slotsFor(context, 'count', { slotBytes, isSparse: false, isMined: false });
    return new CountWorkload({
      store: new FrameStore(slotBytes, slots),
      schedule: scheduleOf(context, 'count'),
      clients: clientsOf(context, 'count', ownedConnections(connections, shard)),
      shares: sharesOf(filters),
      shapeSeries: filters.map(({ name }) => series.indexOf('count_latency', name)),
      questions,
      seed: plan.seed,
      timeoutMs,
      start,
      sink,
      series,
      cases,
    });
  }
}

async function indexOf(dir: string): Promise<CorpusIndex> {
  const corpus = await openCorpus(dir);
  return CorpusIndex.build(corpus.batches());
}

export const createCountPart: CreatePart<CountPlan> = (plan, context) => new CountPart(plan, context);
