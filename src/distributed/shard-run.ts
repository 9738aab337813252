import type { ClockNs } from '../base/clock.ts';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import type { FromWorker } from '../engine/messages.ts';
import { Silence } from '../engine/silence.ts';
import type { Transport, WorkerHandle } from '../engine/transport.ts';
import type { NamedCorpus } from '../plan/parts.ts';
import type { Plan } from '../plan/plan.ts';
import type { ControlBus } from './bus.ts';
import { type CommonClock, driftUs, readCommonClock } from './clock.ts';
import { decodeMessage } from './codec.ts';
import type { ShardJob } from './job.ts';
import { type News, onClockOf, toCommonNs } from './news.ts';
import { messageOfOrder, type Order, orderTo } from './orders.ts';
import { Unpacker } from './parcel.ts';
import { BEAT_EVERY_MS, streamsOf } from './streams.ts';

/** For closing thousands of connections properly. */
const END_GRACE_MS = 5_000;
/** While the corpus is made, so often is told how far that is. */
const PROGRESS_EVERY_MS = 1_000;

/** The corpus of a shard, on this machine. */
export interface MadeCorpus {
  readonly file: NonNullable<NamedCorpus['file']>;
  /** Removes what was made for this run alone. */
  release(): Promise<void>;
}

export interface ShardRunOptions {
  readonly bus: ControlBus;
  readonly job: ShardJob;
  readonly plan: Plan;
  readonly common: CommonClock;
  readonly transport: Transport;
  readonly silenceMs: number;
  readonly say: (news: News) => void;
  /** As of the host. */
  readonly makeCorpus: (
    named: NamedCorpus,
    signal: AbortSignal,
    onProgress: (events: number) => void,
  ) => Promise<MadeCorpus>;
  /** Of the agent. */
  readonly name: string;
}

/** One shard while it is carried out: its workers on one side, orders and news on the other. */
export class ShardRun {
  /** Resolves once all workers have ended and nothing more is listened to. */
  readonly ended: Promise<void>;
  readonly #options: ShardRunOptions;
  readonly #workers: ReadonlyMap<number, WorkerHandle>;
  readonly #dismissed = new AbortController();
  readonly #unpacker: Unpacker;
  /** With the corpus that it names; null where that could not be had, which was told. */
  readonly #plan: Promise<Plan | null>;
  #corpus: MadeCorpus | null = null;
  /** Orders wait for the plan, and keep their order. */
  #obeyed: Promise<void> = Promise.resolve();

  constructor(options: ShardRunOptions) {
    const { job, transport, say } = options;
    this.#options = options;
    this.#unpacker = new Unpacker(job.shard);
    const numbers = Array.from({ length: job.workers.count }, (_, i) => job.workers.first + i);
    this.#workers = new Map(
      numbers.map((index) => [
        index,
        transport.start({
          index,
          onMessage: (message) => this.#pass(index, message),
          onLoss: ({ reason }) => say({ type: 'worker-lost', worker: index, reason: reason.slice(0, 4_000) }),
        }),
      ]),
    );
    this.#plan = this.#prepare();
    this.ended = this.#live();
  }

  /** How far this machine's clock has moved from the common one since the beginning. */
  async driftUs(clock: ClockNs): Promise<number> {
    const { common, bus } = this.#options;
    return driftUs(common, await readCommonClock(bus, clock), clock());
  }

  async #live(): Promise<void> {
    const { bus, job, say, silenceMs } = this.#options;
    const { orders, alive } = streamsOf(job.runId);
    const silence = new Silence({ longestMs: silenceMs, onSilence: () => this.#dismissed.abort() });
    const beats = setInterval(() => say({ type: 'beat' }), BEAT_EVERY_MS);
    const follower = bus.follow([orders, alive], (entry, stream) => {
      silence.heard();
      if (stream === alive) this.#passOnLife();
      else this.#order(entry);
    });
    await Promise.all([...this.#workers.values()].map((worker) => this.#endOf(worker)));
    // Not before nobody reads it, nor while it is still made.
    await this.#plan;
    await this.#corpus?.release();
    clearInterval(beats);
    silence.stop();
    await follower.stop();
  }

  /** Where the corpus can't be had, the shard is refused, and ends. */
  async #prepare(): Promise<Plan | null> {
    const { plan, makeCorpus, say, name } = this.#options;
    const { named } = plan.corpus;
    const { signal } = this.#dismissed;
    if (named === null) return plan;
    try {
      this.#corpus = await makeCorpus(named, signal, this.#tellProgress(named.events));
      const { file } = this.#corpus;
      return { ...plan, corpus: { ...plan.corpus, named: { ...named, file } } };
    } catch (error) {
      const hint = error instanceof RelayBenchError ? (error.hint ?? null) : null;
      const why = `its corpus: ${messageOf(error)}`.slice(0, 4_000);
      if (!signal.aborted) say({ type: 'refused', agent: name, why, hint });
      this.#dismissed.abort();
      return null;
    }
  }

  #tellProgress(total: number): (events: number) => void {
    const { say, job } = this.#options;
    let toldMs = Date.now();
    return (done) => {
      if (Date.now() - toldMs < PROGRESS_EVERY_MS) return;
      toldMs = Date.now();
      const message: FromWorker = {
        type: 'preparing',
        done,
        total,
        what: 'events of the corpus, by an agent',
      };
      say({ type: 'worker', worker: job.workers.first, message });
    };
  }

  /** A worker ends when it is done, lost, or not wanted any more. */
  async #endOf(worker: WorkerHandle): Promise<void> {
    const { signal } = this.#dismissed;
    const dismissed = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([worker.next('done'), dismissed]);
    await worker.end(END_GRACE_MS);
  }

  #pass(index: number, message: FromWorker): void {
    const { say, common } = this.#options;
    say({ type: 'worker', worker: index, message: onClockOf(message, toCommonNs(common)) });
  }

  #passOnLife(): void {
    for (const worker of this.#workers.values()) worker.send({ type: 'alive' });
  }

  #order(entry: Buffer): void {
    try {
      const text = this.#unpacker.accept(entry);
      if (text !== null) this.#obey(decodeMessage(text));
    } catch (error) {
      this.#fail(error);
    }
  }

  #obey(given: unknown): void {
    const { worker: index, order } = orderTo.parse(given);
    const worker = this.#workers.get(index);
    // So that a shard of another size could not be mistaken for this one.
    if (worker === undefined) throw new Error(`shard ${this.#options.job.shard} has no worker ${index}`);
    if (order.type === 'end') this.#dismissed.abort();
    else
      this.#obeyed = this.#obeyed
        .then(() => this.#passOn(worker, order))
        .catch((error: unknown) => this.#fail(error));
  }

  async #passOn(worker: WorkerHandle, order: Exclude<Order, { type: 'end' }>): Promise<void> {
    const { common, silenceMs } = this.#options;
    const plan = await this.#plan;
    if (plan === null || this.#dismissed.signal.aborted) return;
    const shard = { index: worker.index, count: plan.workers };
    worker.send(messageOfOrder(order, { plan, shard, clock: common, silenceMs }));
  }

  /** An order that can't be read or passed on: what would be measured is not what was asked for. */
  #fail(error: unknown): void {
    const { say, job } = this.#options;
    say({ type: 'worker-lost', worker: job.workers.first, reason: messageOf(error).slice(0, 4_000) });
    this.#dismissed.abort();
  }
}
