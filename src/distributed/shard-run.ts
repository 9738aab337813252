import type { ClockNs } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { FromWorker } from '../engine/messages.ts';
import { Silence } from '../engine/silence.ts';
import type { Transport, WorkerHandle } from '../engine/transport.ts';
import type { Plan } from '../plan/plan.ts';
import type { ControlBus } from './bus.ts';
import { type CommonClock, driftUs, readCommonClock } from './clock.ts';
import { decodeMessage } from './codec.ts';
import type { ShardJob } from './job.ts';
import { type News, onClockOf, toCommonNs } from './news.ts';
import { messageOfOrder, orderTo } from './orders.ts';
import { Unpacker } from './parcel.ts';
import { BEAT_EVERY_MS, streamsOf } from './streams.ts';

/** For closing thousands of connections properly. */
const END_GRACE_MS = 5_000;

export interface ShardRunOptions {
  readonly bus: ControlBus;
  readonly job: ShardJob;
  readonly plan: Plan;
  readonly common: CommonClock;
  readonly transport: Transport;
  readonly silenceMs: number;
  readonly say: (news: News) => void;
}

/** One shard while it is carried out: its workers on one side, orders and news on the other. */
export class ShardRun {
  /** Resolves once all workers have ended and nothing more is listened to. */
  readonly ended: Promise<void>;
  readonly #options: ShardRunOptions;
  readonly #workers: ReadonlyMap<number, WorkerHandle>;
  readonly #dismissed = new AbortController();
  readonly #unpacker: Unpacker;

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
    clearInterval(beats);
    silence.stop();
    await follower.stop();
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
      this.#options.say({
        type: 'worker-lost',
        worker: this.#options.job.workers.first,
        reason: messageOf(error),
      });
      this.#dismissed.abort();
    }
  }

  #obey(given: unknown): void {
    const { job, plan, common, silenceMs } = this.#options;
    const { worker: index, order } = orderTo.parse(given);
    const worker = this.#workers.get(index);
    if (order.type === 'end') this.#dismissed.abort();
    else
      worker?.send(
        messageOfOrder(order, { plan, shard: { index, count: plan.workers }, clock: common, silenceMs }),
      );
    // So that a shard of another size could not be mistaken for this one.
    if (worker === undefined) throw new Error(`shard ${job.shard} has no worker ${index}`);
  }
}
