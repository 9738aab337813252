import { createRandom } from '../../base/random.ts';
import { ownedConnections } from '../../plan/split.ts';
import { FrameStore } from '../../wire/frame-store.ts';
import type { Questions } from '../questions.ts';
import { clientsOf, scheduleOf, slotsFor } from '../stream-of.ts';
import {
  type Claims,
  type CreatePart,
  IdlePart,
  type Prepared,
  type StoredNotes,
  type WorkerContext,
} from '../worker-part.ts';
import { drawClientSet } from './client-set.ts';
import type { SyncPlan } from './plan.ts';
import { SYNC_LETTER, SyncWorkload } from './sync-workload.ts';

/** Different clients: what each has is made before the load, so that a sync costs a look at it. */
const CLIENTS = 4;
/** Of a NEG-OPEN besides its filter and the hex of its message. */
const FRAME_BYTES = 128;

/** Syncing in a worker: NEG-OPEN → reconciled. */
class SyncPart extends IdlePart {
  readonly #plan: SyncPlan;
  readonly #context: WorkerContext;
  #workload: SyncWorkload | null = null;

  constructor(plan: SyncPlan, context: WorkerContext) {
    super();
    this.#plan = plan;
    this.#context = context;
  }

  override get streams(): readonly Questions[] {
    return this.#workload === null ? [] : [this.#workload.stream];
  }

  override get senders(): readonly Questions[] {
    return this.streams;
  }

  override get claims(): Claims {
    const owner = this.#workload;
    const subscriptions = owner === null ? [] : [{ letter: SYNC_LETTER, isNumbered: true, owner }];
    return { subscriptions, oks: [] };
  }

  override async prepare({ pools, notes }: StoredNotes): Promise<Prepared> {
    const context = this.#context;
    const { plan, shard, start, sink, series, cases, connections } = context;
    const random = createRandom(plan.seed, 'sync-sets');
    const sets = Array.from({ length: CLIENTS }, () => drawClientSet(notes, this.#plan, random));
    // The tags of this run: nobody else's events match.
    const filter = { kinds: [plan.corpus.notes.kind], '#t': pools?.topics ?? [] };
    const openingBytes = Math.max(...sets.map(({ opening }) => opening.length));
    const slotBytes = FRAME_BYTES + Buffer.byteLength(JSON.stringify(filter)) + 2 * openingBytes;
    const slots = slotsFor(context, 'sync', { slotBytes, isSparse: false, isMined: false });
    this.#workload = new SyncWorkload({
      store: new FrameStore(slotBytes, slots),
      schedule: scheduleOf(context, 'sync'),
      clients: clientsOf(context, 'sync', ownedConnections(this.#plan.connections, shard)),
      sets,
      filter,
      seed: plan.seed,
      timeoutMs: this.#plan.timeoutMs,
      start,
      sink,
      series,
      cases,
      send: connections.send,
    });
    return { problems: [], tally: null };
  }

  override onConnectionClosed(connection: number): void {
    this.#workload?.stream.onConnectionClosed(connection);
  }

  override end(): void {
    this.#workload?.stream.expireAll();
  }
}

export const createSyncPart: CreatePart<SyncPlan> = (plan, context) => new SyncPart(plan, context);
