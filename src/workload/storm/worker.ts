import { ownedConnections } from '../../plan/split.ts';
import type { ArrivalStream } from '../stream.ts';
import { type CreatePart, IdlePart, type WorkerContext } from '../worker-part.ts';
import type { Cut, StormPlan } from './plan.ts';

/** Arrivals of which each cuts connections of a worker, all at once. */
class CutStream implements ArrivalStream {
  readonly pending = 0;
  readonly unwritten = 0;
  readonly #cuts: Cut[];
  readonly #context: WorkerContext;
  readonly #connections: readonly number[];

  constructor({ cuts, connections }: StormPlan, context: WorkerContext) {
    this.#cuts = [...cuts];
    this.#context = context;
    this.#connections = ownedConnections(connections, context.shard);
  }

  get isOver(): boolean {
    return this.#cuts.length === 0;
  }

  dueNs(): number {
    return (this.#cuts[0]?.offsetNs ?? Number.POSITIVE_INFINITY) + this.#context.start.monotonicNs;
  }

  fire(): void {
    const cut = this.#cuts.shift();
    if (cut === undefined) return;
    const { connections, sink } = this.#context;
    const phase = sink.phaseOf(cut.offsetNs);
    for (const connection of this.#connections)
      if (connections.cut(connection, cut.backOff)) sink.count(phase, 'connections_cut');
  }

  readAhead(): boolean {
    return false;
  }

  expire(): void {
    // A cut takes no time.
  }
}

/** Storms in a worker: its connections are cut at once, and come back as all lost ones do. */
class StormPart extends IdlePart {
  readonly #streams: readonly CutStream[];

  constructor(plan: StormPlan, context: WorkerContext) {
    super();
    this.#streams = [new CutStream(plan, context)];
  }

  override get streams(): readonly CutStream[] {
    return this.#streams;
  }
}

export const createStormPart: CreatePart<StormPlan> = (plan, context) => new StormPart(plan, context);
