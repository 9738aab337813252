import { corpusRunTag } from '../../corpus/marker.ts';
import { ownedConnections } from '../../plan/split.ts';
import { FrameStore } from '../../wire/frame-store.ts';
import { drawPools } from '../corpus-pools.ts';
import { type DrawPools, emptyDraws } from '../draw-filter.ts';
import { samplePopular } from '../draw-popular.ts';
import { maxFilterFrameBytes } from '../filter-shares.ts';
import { clientsOf, highestLevel, scheduleOf, slotsFor, streamOf } from '../stream-of.ts';
import {
  type Claims,
  type CreatePart,
  IdlePart,
  type Prepared,
  type StoredCorpus,
  type StoredNotes,
  type WorkerContext,
} from '../worker-part.ts';
import { AnswerChecker } from './answer-checker.ts';
import { AnswerSamples } from './answer-samples.ts';
import { createKnowledge } from './knowledge.ts';
import { liveBound } from './live-bound.ts';
import type { QueryPlan } from './plan.ts';
import type { PublishedEvents } from './published-events.ts';
import { QUERY_LETTER } from './query-subscription.ts';
import { QueryWorkload } from './query-workload.ts';
import { NOTHING_STORED, type StoredEvents, storedByMarker } from './stored-events.ts';
import { Verdicts } from './verdicts.ts';

/** Queries in a worker: REQ → EOSE, and whether the answers are right. */
class QueryPart extends IdlePart {
  readonly #plan: QueryPlan;
  readonly #context: WorkerContext;
  readonly #verdicts: Verdicts;
  #checker: AnswerChecker | null = null;
  #published: PublishedEvents | null = null;
  #workload: QueryWorkload | null = null;

  constructor(plan: QueryPlan, context: WorkerContext) {
    super();
    this.#plan = plan;
    this.#context = context;
    this.#verdicts = new Verdicts(context);
  }

  override get streams(): readonly QueryWorkload[] {
    return this.#workload === null ? [] : [this.#workload];
  }

  override get senders(): readonly QueryWorkload[] {
    return this.streams;
  }

  override get claims(): Claims {
    const owned = this.streams.map((owner) => ({ letter: QUERY_LETTER, isNumbered: true, owner }));
    return { subscriptions: owned, oks: [] };
  }

  /** Filters are drawn from what the thread knows, even where no answer is checked. */
  override begin(): void {
    const { plan, fail } = this.#context;
    const file = plan.corpus.named?.file ?? null;
    if (file === null) return;
    const isComplete = plan.targets.length === 1;
    const setup = { dir: file.dir, stored: plan.corpus.events, isComplete, advertised: plan.advertised };
    this.#checker = new AnswerChecker(setup, this.#verdicts, fail);
  }

  override async prepare(stored: StoredNotes): Promise<Prepared> {
    const pools = stored.pools ?? drawPools(await this.#checker?.ready());
    this.#workload = this.#createQuery(pools, this.#createAnswers());
    return { problems: stored.pools === null ? drawProblems(this.#plan, pools) : [], tally: null };
  }

  override started({ failed, hadSome }: StoredCorpus): void {
    this.#checker?.failed(failed);
    if (hadSome) this.#checker?.knownBefore();
  }

  override tick(nowNs: number): void {
    this.#published?.mark(nowNs);
  }

  override onConnectionClosed(connection: number): void {
    this.#workload?.onConnectionClosed(connection);
  }

  override onConnectionReopened(connection: number): void {
    this.#workload?.onConnectionReopened(connection);
  }

  override async drained(): Promise<void> {
    await this.#checker?.end();
  }

  override end(): void {
    this.#workload?.expireAll();
  }

  /** Null where the right answers are not known. */
  #createAnswers(): AnswerSamples | null {
    const share = this.#plan.checkShare;
    const checker = this.#checker;
    if (checker === null || share === 0) return null;
    const { knowledge, published } = createKnowledge(this.#context, checker);
    this.#published = published;
    if (published !== null) this.#context.shared.fates.push(published);
    return new AnswerSamples({ share, knowledge, submit: checker.submit.bind(checker) });
  }

  #createQuery(pools: DrawPools, answers: AnswerSamples | null): QueryWorkload {
    const context = this.#context;
    const { plan, shard, start, sink, series, cases, connections } = context;
    const { filters, popularity, timeoutMs, connections: range } = this.#plan;
    const slotBytes = maxFilterFrameBytes(filters);
    const slots = slotsFor(context, 'query', { slotBytes, isSparse: false, isMined: false });
    return new QueryWorkload({
      store: new FrameStore(slotBytes, slots),
      schedule: scheduleOf(context, 'query'),
      clients: clientsOf(context, 'query', ownedConnections(range, shard)),
      filters,
      pools,
      ...(popularity === 'zipf' ? { choose: samplePopular } : {}),
      seed: plan.seed,
      plan,
      timeoutMs,
      start,
      sink,
      series,
      sendNow: connections.send,
      isAway: connections.isAway,
      answers,
      stored: this.#knownStored(),
      cases,
      mayComeLive: liveBound({
        isClosed: plan.load.model === 'closed',
        published_per_s: (streamOf(plan, 'publish')?.rate_per_s ?? 0) * highestLevel(plan),
      }),
    });
  }

  /** Tells what the relay had before the load from what comes live. */
  #knownStored(): StoredEvents {
    const { plan, runTag } = this.#context;
    const checker = this.#checker;
    if (plan.corpus.named === null)
      return storedByMarker(corpusRunTag(runTag), (query, frame) =>
        this.#verdicts.storedAfterEose(query, frame),
      );
    if (checker === null) return NOTHING_STORED;
    return { isStored: () => false, onAfterEose: (query, frame) => checker.submitLate(query, frame) };
  }
}

function drawProblems({ filters }: QueryPlan, pools: DrawPools): readonly string[] {
  const empty = emptyDraws(filters, pools);
  return empty.map((key) => `the stored part of the corpus has nothing to draw "${key}" from`);
}

export const createQueryPart: CreatePart<QueryPlan> = (plan, context) => new QueryPart(plan, context);
