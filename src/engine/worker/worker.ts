import { afterPoll } from '../../base/after-poll.ts';
import { monotonicNs, NS_PER_MS, NS_PER_US } from '../../base/clock.ts';
import { NOTHING_ASKED, sumTallies } from '../../workload/preparation-tally.ts';
import type { ToWorker } from '../messages.ts';
import { drain } from './drain.ts';
import { fillAhead } from './fill-ahead.ts';
import { Health } from './health.ts';
import { IntervalClock } from './interval-clock.ts';
import { LoadLoop } from './load-loop.ts';
import { runRamp } from './ramp.ts';
import { sleptNs } from './slept.ts';
import { storeCorpus } from './store-corpus.ts';
import { TICKERS } from './ticker.ts';
import { endOffsetNs, Wiring, type WorkerOptions } from './wiring.ts';

type GoMessage = Extract<ToWorker, { type: 'go' }>;

const CONNECTING_EVERY_MS = 250;
const EXPIRE_EVERY_MS = 100;
const CLOSE_GRACE_MS = 500;

/** The life of a worker: carries out its shard of the plan, step by step as the coordinator says. */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #wiring: Wiring;
  #loop: LoadLoop | null = null;
  #isStopped = false;
  #exhaustedNs: number | null = null;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#wiring = new Wiring(options, () => this.#onCredit());
  }

  /** The ramp: open the connections of this shard. */
  async connect(startNs: number): Promise<void> {
    const { plan, shard, send } = this.#options;
    const { hub, recorder } = this.#wiring;
    const timer = setInterval(() => send({ type: 'connecting', counts: hub.counts }), CONNECTING_EVERY_MS);
    await runRamp(plan, shard, startNs, hub);
    clearInterval(timer);
    send({ type: 'connected', counts: hub.counts, refusals: recorder.refusals });
  }

  /** Everything that must be there before the first arrival. */
  async prepare(startWallMs: number): Promise<void> {
    const { send } = this.#options;
    const { context, parts, sorter, outbox, recorder } = this.#wiring;
    this.#wiring.expectStart(startWallMs);
    parts.begin();
    const { pools, notes, stored, storing, remarks } = await storeCorpus({ context, sorter, send });
    const prepared = await parts.prepare({ pools, notes }, outbox);
    this.#wiring.connectReplies();
    await fillAhead(parts.senders, send);
    const tallies = prepared.map(({ tally }) => tally ?? NOTHING_ASKED);
    send({
      type: 'prepared',
      problems: prepared.flatMap(({ problems }) => problems),
      remarks: [...remarks, ...prepared.flatMap((each) => each.remarks ?? [])],
      stored,
      storing,
      subscribing: sumTallies(tallies),
      counters: recorder.counters(),
    });
  }

  /** Offer the load from `startNs` on, drain, report. */
  async run({ startNs, startWallMs, stored }: GoMessage): Promise<void> {
    const { plan, send } = this.#options;
    const { parts, recorder, observer, history, sorter, hub, reconnecting } = this.#wiring;
    this.#wiring.start(startNs, startWallMs);
    parts.started(stored);
    const loop = this.#createLoop(startNs);
    this.#loop = loop;
    const health = new Health(
      () => loop.spinNs,
      () => parts.pending,
    );
    const clock = new IntervalClock(startNs, (index) => this.#sendInterval(index, health));
    const expiry = setInterval(() => this.#expire(), EXPIRE_EVERY_MS);
    this.#tellStart(startNs);
    if (this.#isStopped) loop.stop();
    await loop.run();
    reconnecting?.hurry();
    await drain(plan, {
      pending: () => parts.pending + (reconnecting?.pending ?? 0),
      incomplete: () => parts.incomplete,
      onPending: (pending) => send({ type: 'draining', pending }),
    });
    await Promise.all([sorter.verifier?.end(), parts.drained()]);
    clearInterval(expiry);
    this.#endAll();
    history?.flush();
    clock.stop();
    health.stop();
    const { notices, refusals } = recorder;
    const { observations } = observer;
    send({ type: 'done', notices, refusals, exhaustedNs: this.#exhaustedNs, observations });
    await hub.closeAll(CLOSE_GRACE_MS);
  }

  /** Stop offering; {@link run} then drains and ends. */
  stop(): void {
    this.#isStopped = true;
    this.#loop?.stop();
  }

  #tellStart(startNs: number): void {
    const tell = (): void => this.#options.send({ type: 'started', late_us: lateness_us(startNs) });
    setTimeout(tell, Math.max(0, (startNs - monotonicNs()) / NS_PER_MS));
  }

  #createLoop(startNs: number): LoadLoop {
    const { plan } = this.#options;
    const { parts, outbox, hub, traffic } = this.#wiring;
    return new LoadLoop({
      streams: parts.streams,
      flush: () => outbox.flush(),
      createTicker: TICKERS[plan.scheduler],
      clock: monotonicNs,
      endNs: startNs + endOffsetNs(plan),
      connections: hub.counts.opened,
      catchUp: plan.catchUp && plan.load.model === 'open',
      received: () => traffic.received.read,
      opening: () => hub.opening,
      sleptNs,
    });
  }

  #expire(): void {
    const nowNs = monotonicNs();
    afterPoll(() => {
      this.#wiring.parts.expire(nowNs);
      this.#onCredit();
    });
  }

  /** An operation has ended, or lines of the corpus have come. */
  #onCredit(): void {
    this.#loop?.poke();
    const { parts, context } = this.#wiring;
    if (this.#options.plan.load.model === 'open' || !parts.isOver) return;
    this.#exhaustedNs ??= monotonicNs() - context.start.monotonicNs;
    this.#loop?.stop();
  }

  /** Every arrival has a fate now: what was not written never will be, what has not ended is a timeout or missing. */
  #endAll(): void {
    this.#wiring.outbox.giveUpAll();
    this.#wiring.parts.end(!this.#isStopped);
    this.#wiring.reconnecting?.stop();
  }

  #sendInterval(index: number, health: Health): void {
    const { traffic, recorder, outbox, hub, history } = this.#wiring;
    traffic.report(recorder, outbox.bytesWritten + hub.bytesSent);
    history?.flush();
    this.#options.send({
      type: 'interval',
      interval: {
        index,
        ...recorder.take(),
        counters: recorder.counters(),
        connections: hub.counts,
        health: health.take(),
      },
    });
  }
}

/** Timers may be early by the rest of a millisecond. */
function lateness_us(startNs: number): number {
  return Math.max(0, Math.round((monotonicNs() - startNs) / NS_PER_US));
}
