import { createRandom } from '../../base/random.ts';
import { ownedConnections, targetOf } from '../../plan/split.ts';
import { type Claims, type CreatePart, IdlePart, type Prepared, type WorkerContext } from '../worker-part.ts';
import { Askers } from './askers.ts';
import type { VisibilityPlan } from './plan.ts';
import { VISIBILITY_LETTER, VisibilityWorkload } from './visibility-workload.ts';

/** Watching what is published, in a worker. */
class VisibilityPart extends IdlePart {
  readonly #plan: VisibilityPlan;
  readonly #context: WorkerContext;
  #workload: VisibilityWorkload | null = null;

  constructor(plan: VisibilityPlan, context: WorkerContext) {
    super();
    this.#plan = plan;
    this.#context = context;
  }

  override get streams(): readonly VisibilityWorkload[] {
    return this.#workload === null ? [] : [this.#workload];
  }

  override get claims(): Claims {
    const owned = this.streams.map((owner) => ({ letter: VISIBILITY_LETTER, isNumbered: true, owner }));
    return { subscriptions: owned, oks: [] };
  }

  override async prepare(): Promise<Prepared> {
    const { plan, shard, start, sink, series, cases, connections, shared } = this.#context;
    const { samples_per_s, everyMs, atOnce, timeoutMs } = this.#plan;
    const workload = new VisibilityWorkload({
      askers: this.#askers(),
      samples_per_s: samples_per_s / shard.count,
      everyMs,
      atOnce,
      timeoutMs,
      start,
      sink,
      series,
      cases,
      send: connections.send,
      nextMask: createRandom(plan.seed, `visibility-masks/${shard.index}`).uint32,
    });
    this.#workload = workload;
    shared.fates.push(workload);
    return { problems: [], tally: null };
  }

  override onConnectionClosed(connection: number): void {
    this.#workload?.onConnectionClosed(connection);
  }

  override end(): void {
    this.#workload?.expireAll();
  }

  #askers(): Askers {
    const { plan, shard, connections } = this.#context;
    return new Askers({
      connections: ownedConnections(this.#plan.connections, shard),
      isOpen: connections.isOpen,
      placeOf: (connection) => {
        const relay = connections.relayOf(connection);
        return relay < 0 ? `target ${targetOf(plan, connection)}` : `relay ${relay}`;
      },
      random: createRandom(plan.seed, `visibility-askers/${shard.index}`),
    });
  }
}

export const createVisibilityPart: CreatePart<VisibilityPlan> = (plan, context) =>
  new VisibilityPart(plan, context);
