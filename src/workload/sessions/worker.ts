import { createEventFrameWriter } from '../../corpus/event-frames.ts';
import { sessionRunTag } from '../../corpus/marker.ts';
import { ownedConnections } from '../../plan/split.ts';
import { FrameStore } from '../../wire/frame-store.ts';
import { poolsOf } from '../corpus-pools.ts';
import { type DrawPools, emptyDraws } from '../draw-filter.ts';
import { OwnNumbers } from '../own-numbers.ts';
import { STEP, StepSender } from '../step-sender.ts';
import { type Stepped, SteppedPart } from '../stepped-part.ts';
import { firstOpenedBy, scheduleOf } from '../stream-of.ts';
import type { CreatePart, Prepared, StoredNotes, WorkerContext } from '../worker-part.ts';
import type { SessionsPlan } from './plan.ts';
import { SessionRequests } from './session-requests.ts';
import { SessionWrites } from './session-writes.ts';
import { SessionsWorkload } from './sessions-workload.ts';
import { SESSION_FILTERS, SESSION_LETTER, Wishes } from './wishes.ts';

/** Memory for frames between the moment at which they are due and the one at which they are written. */
const STORE_BYTES = 8 * 1024 * 1024;
/** Clients that are there from the start do not all begin at once. */
const LEAST_SPREAD_NS = 2e9;

type Ready = Stepped<SessionsWorkload>;

/** Real clients, in a worker. */
class SessionsPart extends SteppedPart<SessionsWorkload> {
  protected readonly letter = SESSION_LETTER;
  readonly #plan: SessionsPlan;
  readonly #context: WorkerContext;

  constructor(plan: SessionsPlan, context: WorkerContext) {
    super();
    this.#plan = plan;
    this.#context = context;
  }

  override async prepare(stored: StoredNotes): Promise<Prepared> {
    const { plan, shard, series } = this.#context;
    const pools = await poolsOf(stored, plan);
    const wishes = new Wishes({ seed: plan.seed, worker: shard.index, pools, series });
    wishes.prepare(this.#connections);
    this.ready = this.#create(wishes);
    return { problems: problemsOf(pools), tally: null };
  }

  /** The warm-up is theirs to begin in. */
  override started(): void {
    const [first] = this.#context.plan.phases;
    const warmUpNs = first?.kind === 'warm-up' ? first.endNs : 0;
    const open = this.#connections.filter((connection) => this.#context.connections.isOpen(connection));
    this.ready?.workload.welcome(open, Math.max(LEAST_SPREAD_NS, warmUpNs));
  }

  get #connections(): readonly number[] {
    return ownedConnections(this.#plan.connections, this.#context.shard);
  }

  #create(wishes: Wishes): Ready {
    const { plan, shard, start, endNs, onCredit, sink, series, currentPhase, connections } = this.#context;
    const { timeoutMs, contentBytes } = this.#plan;
    const notes = createEventFrameWriter({
      seed: plan.seed,
      authors: this.#plan.authors,
      kind: 1,
      contentBytes,
      topics: 1,
      runTag: sessionRunTag(this.#context.runTag),
      work: plan.fitted?.work ?? 0,
    });
    const slotBytes = Math.max(wishes.maxBytes, notes.maxFrameBytes);
    const common = { timeoutMs, start, sink, series, sendNow: connections.send, sender: () => sender };
    const requests = new SessionRequests({
      ...common,
      frames: wishes.frames,
      currentPhase,
      onEnded: (wish, end) => workload.onRequestEnded(wish, end),
    });
    const writes = new SessionWrites({
      ...common,
      notes,
      numbers: { first: shard.index, step: shard.count },
      mayNeedAgain: connections.mayDemandAuth,
      onEnded: (connection) => workload.onWriteEnded(connection),
    });
    const workload = new SessionsWorkload({
      ...{ plan: this.#plan, start, endNs, onCredit, connections, requests, writes, wishes, sink, series },
      schedule: scheduleOf(this.#context, 'sessions'),
      numbers: new OwnNumbers(firstOpenedBy(plan, 'sessions'), shard),
      unwritten: () => sender.unwritten,
      seed: plan.seed,
    });
    const sender = new StepSender({
      store: new FrameStore(slotBytes, Math.max(64, Math.floor(STORE_BYTES / slotBytes))),
      isOpen: connections.isOpen,
      onWritten: (slot, startedNs) => {
        const { tag, keyLow } = sender.store;
        if (tag[slot] === STEP.write) writes.onWritten(slot, startedNs);
        else requests.onWritten(keyLow[slot] as number, startedNs);
      },
      onUnwritten: (slot) => {
        const { tag, keyLow } = sender.store;
        if (tag[slot] === STEP.write) writes.onUnwritten(slot);
        else requests.onUnwritten(keyLow[slot] as number);
      },
      onRest: () => workload.dropRest(),
    });
    return { workload, requests, writes, sender };
  }
}

function problemsOf(pools: DrawPools): readonly string[] {
  return emptyDraws(SESSION_FILTERS, pools).map(
    (key) => `the stored part of the corpus has nothing to draw "${key}" from`,
  );
}

export const createSessionsPart: CreatePart<SessionsPlan> = (plan, context) =>
  new SessionsPart(plan, context);
