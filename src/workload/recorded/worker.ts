import { createRandom } from '../../base/random.ts';
import { ClientSigner } from '../../corpus/client-signer.ts';
import { FrameStore } from '../../wire/frame-store.ts';
import { poolsOf } from '../corpus-pools.ts';
import { StepSender } from '../step-sender.ts';
import { type Stepped, SteppedPart } from '../stepped-part.ts';
import { firstOpenedBy } from '../stream-of.ts';
import type { CreatePart, Prepared, StoredNotes, WorkerContext } from '../worker-part.ts';
import { loadSteps, publishersOf, REPLAY_LETTER, type ReplaySteps } from './load-steps.ts';
import type { RecordedPlan } from './plan.ts';
import { ReplayBooks } from './replay-books.ts';
import { FRAME, ReplayRequests } from './replay-requests.ts';
import { ReplayWorkload } from './replay-workload.ts';
import { ReplayWrites } from './replay-writes.ts';
import { TraceMapping } from './trace-mapping.ts';

/** Memory for frames between the moment at which they are due and the one at which they are written. */
const STORE_BYTES = 8 * 1024 * 1024;
const LEAST_SLOTS = 64;

type Ready = Stepped<ReplayWorkload>;

/** What real clients did, in a worker. */
class RecordedPart extends SteppedPart<ReplayWorkload> {
  protected readonly letter = REPLAY_LETTER;
  readonly #plan: RecordedPlan;
  readonly #context: WorkerContext;

  constructor(plan: RecordedPlan, context: WorkerContext) {
    super();
    this.#plan = plan;
    this.#context = context;
  }

  override async prepare(stored: StoredNotes): Promise<Prepared> {
    const { plan, shard, start } = this.#context;
    const { trace, factor } = this.#plan;
    if (trace === null) throw new Error('the trace was not looked up');
    const publishers = await publishersOf(trace.path);
    const pools = await poolsOf(stored, plan);
    const loaded = await loadSteps({
      path: trace.path,
      factor,
      mapping: new TraceMapping({ seed: plan.seed, publishers, pools }),
      publishers,
      shard,
      firstConnection: firstOpenedBy(plan, 'recorded'),
      start_s: Math.floor(start.wallMs / 1_000),
      nextMask: createRandom(plan.seed, `replay-masks/${shard.index}`).uint32,
    });
    this.ready = this.#create(loaded);
    // As much as is kept ahead anyway, so that the first second has not to wait for it.
    while (this.ready.workload.readAhead());
    return { problems: [], tally: null };
  }

  #create({ steps, maxFrameBytes, sequences }: ReplaySteps): Ready {
    const { plan, shard, start, endNs, onCredit, sink, series, currentPhase, connections, runTag } =
      this.#context;
    const { timeoutMs } = this.#plan;
    const books = new ReplayBooks({ sink, series, start });
    const common = {
      books,
      timeoutMs,
      start,
      sink,
      series,
      sendNow: connections.send,
      sender: () => sender,
      onEnded: (connection: number) => workload.onEnded(connection),
    };
    const requests = new ReplayRequests({ ...common, sequences, currentPhase });
    const writes = new ReplayWrites({
      ...common,
      ...{ runTag, seed: plan.seed, signer: new ClientSigner(plan.seed) },
      nextMask: createRandom(plan.seed, `replay-event-masks/${shard.index}`).uint32,
      mayNeedAgain: connections.mayDemandAuth,
    });
    const workload = new ReplayWorkload({
      ...{ steps, start, endNs, onCredit, connections, requests, writes, books, sink },
      unwritten: () => sender.unwritten,
      flush: () => sender.flush(),
    });
    const slotBytes = Math.max(LEAST_SLOTS, maxFrameBytes);
    const sender = new StepSender({
      store: new FrameStore(slotBytes, Math.max(LEAST_SLOTS, Math.floor(STORE_BYTES / slotBytes))),
      isOpen: connections.isOpen,
      onWritten: (slot, startedNs) => {
        const { tag, keyLow } = sender.store;
        if (tag[slot] === FRAME.event) writes.onWritten(slot, startedNs);
        else requests.onWritten(keyLow[slot] as number, startedNs);
      },
      onUnwritten: (slot) => {
        const { tag, keyLow } = sender.store;
        if (tag[slot] === FRAME.event) writes.onUnwritten(slot);
        else requests.onUnwritten(keyLow[slot] as number);
      },
      onRest: () => workload.dropRest(),
    });
    return { workload, requests, writes, sender };
  }
}

export const createRecordedPart: CreatePart<RecordedPlan> = (plan, context) =>
  new RecordedPart(plan, context);
