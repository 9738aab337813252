import { createRandom } from '../../base/random.ts';
import { poolsOf } from '../corpus-pools.ts';
import { drawFilter, emptyDraws } from '../draw-filter.ts';
import { pickShare, sharesOf } from '../filter-shares.ts';
import { OwnNumbers } from '../own-numbers.ts';
import { RequestFrames } from '../request-frames.ts';
import { firstOpenedBy, scheduleOf } from '../stream-of.ts';
import {
  type Claims,
  type CreatePart,
  IdlePart,
  type Prepared,
  type StoredNotes,
  type WorkerContext,
} from '../worker-part.ts';
import { CHURN_LETTER, type ChurnRequests, ChurnWorkload } from './churn-workload.ts';
import type { ChurnPlan } from './plan.ts';

/** Filters that are drawn of each shape. */
const DRAWN = 100;

/** Connections that come and go, in a worker. */
class ChurnPart extends IdlePart {
  readonly #plan: ChurnPlan;
  readonly #context: WorkerContext;
  #workload: ChurnWorkload | null = null;

  constructor(plan: ChurnPlan, context: WorkerContext) {
    super();
    this.#plan = plan;
    this.#context = context;
  }

  override get streams(): readonly ChurnWorkload[] {
    return this.#workload === null ? [] : [this.#workload];
  }

  override get claims(): Claims {
    const owned = this.streams.map((owner) => ({ letter: CHURN_LETTER, isNumbered: true, owner }));
    return { subscriptions: owned, oks: [] };
  }

  override async prepare(stored: StoredNotes): Promise<Prepared> {
    const { plan, shard, start, endNs, connections, sink, currentPhase } = this.#context;
    const { stay, timeoutMs } = this.#plan;
    const { requests, problems } = await this.#requests(stored);
    this.#workload = new ChurnWorkload({
      schedule: scheduleOf(this.#context, 'churn'),
      start,
      endNs,
      numbers: new OwnNumbers(firstOpenedBy(plan, 'churn'), shard),
      connections,
      stay,
      seed: plan.seed,
      timeoutMs,
      requests,
      sink,
      currentPhase,
    });
    return { problems, tally: null };
  }

  override onConnectionOpened(connection: number): void {
    this.#workload?.onConnectionOpened(connection);
  }

  override onConnectionFailed(connection: number): void {
    this.#workload?.onConnectionFailed(connection);
  }

  override onConnectionClosed(connection: number): void {
    this.#workload?.onConnectionClosed(connection);
  }

  override end(): void {
    this.#workload?.endAll();
  }

  async #requests(
    stored: StoredNotes,
  ): Promise<{ requests: ChurnRequests | null; problems: readonly string[] }> {
    const { filters } = this.#plan;
    if (filters.length === 0) return { requests: null, problems: [] };
    const { plan, shard, series } = this.#context;
    const pools = await poolsOf(stored, plan);
    const random = createRandom(plan.seed, `churn-filters/${shard.index}`);
    const drawn = filters.flatMap((filter) =>
      Array.from({ length: DRAWN }, () => drawFilter(filter, pools, random)),
    );
    const frames = new RequestFrames(CHURN_LETTER, drawn, random.uint32);
    const shares = sharesOf(filters);
    const ofShape = filters.map(({ name }) => series.indexOf('churn_ready_latency', name));
    const draw: ChurnRequests['draw'] = (number) => {
      const { next, int } = createRandom(plan.seed + number, 'churn-request');
      const shape = pickShare(shares, next());
      return { filter: shape * DRAWN + int(DRAWN), series: ofShape[shape] ?? -1 };
    };
    const empty = stored.pools === null ? emptyDraws(filters, pools) : [];
    const problems = empty.map((key) => `the stored part of the corpus has nothing to draw "${key}" from`);
    return { requests: { frames, draw }, problems };
  }
}

export const createChurnPart: CreatePart<ChurnPlan> = (plan, context) => new ChurnPart(plan, context);
