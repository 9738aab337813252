import { createRandom } from '../../base/random.ts';
import { ownedConnections } from '../../plan/split.ts';
import { FrameStore } from '../../wire/frame-store.ts';
import { AskingPart } from '../asking-part.ts';
import { clientsOf, scheduleOf, slotsFor } from '../stream-of.ts';
import type { CreatePart, Prepared, StoredNotes, WorkerContext } from '../worker-part.ts';
import { drawClientSet } from './client-set.ts';
import type { SyncPlan } from './plan.ts';
import { SYNC_LETTER, SyncWorkload } from './sync-workload.ts';

/** Different clients: what each has is made before the load, so that a sync costs a look at it. */
const CLIENTS = 4;
/** Of a NEG-OPEN besides its filter and the hex of its message. */
const FRAME_BYTES = 128;

/** Syncing in a worker: NEG-OPEN → reconciled. */
class SyncPart extends AskingPart<SyncWorkload> {
  protected override readonly letter = SYNC_LETTER;
  readonly #plan: SyncPlan;
  readonly #context: WorkerContext;

  constructor(plan: SyncPlan, context: WorkerContext) {
    super();
    this.#plan = plan;
    this.#context = context;
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
    this.workload = new SyncWorkload({
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
}

export const createSyncPart: CreatePart<SyncPlan> = (plan, context) => new SyncPart(plan, context);
