import { type BackOff, waitMs } from '../../base/back-off.ts';
import { NS_PER_MS } from '../../base/clock.ts';
import type { SeriesTable } from '../../metric/series-table.ts';
import type { SampleSink } from '../../workload/sample-sink.ts';

/** How a connection that had authenticated stands with that once it is open again. */
export type AuthStanding =
  /** It never had to, or is not asked to until it sends something. */
  'not-needed' | 'waiting' | 'in';

export interface ReconnectingOptions {
  readonly backOff: BackOff;
  /** Uniform in [0, 1). */
  readonly draw: () => number;
  /** Start the handshake of a lost connection. */
  readonly reopen: (connection: number) => void;
  /** Whether the workloads have put back what it had. */
  readonly isRestored: (connection: number) => boolean;
  readonly authStanding: (connection: number) => AuthStanding;
  readonly sink: SampleSink;
  readonly series: SeriesTable;
  readonly now: () => number;
  /** The phase in which something of this moment belongs, and how long after the start of the load it is. */
  readonly phaseOf: (atNs: number) => { readonly phase: number; readonly offsetNs: number };
}

/** A connection that was lost and is not back. */
interface Loss {
  readonly lostNs: number;
  readonly phase: number;
  readonly offsetNs: number;
  readonly backOff: BackOff;
  attempt: number;
  /** When the last attempt was due, and by how much this side has begun its attempts later than that. */
  dueNs: number;
  lateNs: number;
  timer: NodeJS.Timeout | null;
  /** When the attempt that has opened it began; null while it is not open. */
  openedFromNs: number | null;
  /** When the workloads had put back what it had. */
  restoredNs: number | null;
}

/** Handshakes that are begun in one turn of the event loop: replies must not wait until a thousand have begun. */
const MOST_A_TURN = 32;

/**
 * Brings lost connections back, as real clients do: after a wait with full jitter whose bound doubles with every attempt that
 * fails, for as long as the run lasts. A connection is back when it is open, its live subscriptions are live again and, where it
 * had authenticated, it has done so again; until then a further loss is part of the same absence.
 */
export class Reconnecting {
  readonly #options: ReconnectingOptions;
  readonly #lost = new Map<number, Loss>();
  readonly #series: { readonly reconnect: number; readonly restore: number };
  /** Whose wait is over. */
  #due: number[] = [];
  #isHurrying = false;
  #isStopped = false;

  constructor(options: ReconnectingOptions) {
    this.#options = options;
    const { series } = options;
    this.#series = {
      reconnect: series.indexOf('reconnect_latency'),
      restore: series.indexOf('restore_latency'),
    };
  }

  /** Connections that are not back. */
  get pending(): number {
    return this.#lost.size;
  }

  /** Whether a connection is lost and not open again. */
  isAway(connection: number): boolean {
    return this.#lost.get(connection)?.openedFromNs === null;
  }

  /** An open connection is lost. @param backOff in place of the usual one */
  onLost(connection: number, backOff: BackOff = this.#options.backOff): void {
    if (this.#isStopped) return;
    const known = this.#lost.get(connection);
    if (known === undefined) this.#lost.set(connection, this.#lossOf(backOff));
    else {
      known.openedFromNs = null;
      known.restoredNs = null;
    }
    this.#wait(connection);
  }

  /** An attempt has failed. */
  onFailed(connection: number, reason: string): void {
    const loss = this.#lost.get(connection);
    if (loss === undefined) return;
    this.#options.sink.countWord(loss.phase, 'reconnect_errors', reason);
    this.#wait(connection);
  }

  /** A lost connection is open again; what it had is being put back. @param startedNs when the attempt began */
  onOpened(connection: number, startedNs: number): void {
    const loss = this.#lost.get(connection);
    if (loss === undefined) return;
    loss.openedFromNs = startedNs;
    this.check(connection);
  }

  /** Something has been put back: the connection may be back by now. */
  check(connection: number): void {
    const loss = this.#lost.get(connection);
    if (loss === undefined || loss.openedFromNs === null) return;
    const { isRestored, authStanding, now } = this.#options;
    if (!isRestored(connection)) return;
    loss.restoredNs ??= now();
    const standing = authStanding(connection);
    if (standing === 'waiting') return;
    this.#lost.delete(connection);
    this.#record(loss, loss.openedFromNs, standing === 'in' ? now() : loss.restoredNs);
  }

  /**
   * The load is over: nobody waits longer than the first bound any more, so that a client which is not back at the end has found
   * nobody there.
   */
  hurry(): void {
    this.#isHurrying = true;
    for (const [connection, { timer, openedFromNs }] of this.#lost) {
      if (timer === null || openedFromNs !== null) continue;
      clearTimeout(timer);
      this.#wait(connection);
    }
  }

  /** No connection is opened any more; those that are not back by now never will be. */
  stop(): void {
    this.#isStopped = true;
    this.#due = [];
    const { sink } = this.#options;
    const { reconnect, restore } = this.#series;
    for (const { timer, phase, offsetNs } of this.#lost.values()) {
      if (timer !== null) clearTimeout(timer);
      sink.count(phase, 'connections_not_back');
      for (const series of [reconnect, restore])
        for (const one of [series, series + 1]) sink.censored(one, phase, offsetNs);
    }
    this.#lost.clear();
  }

  #record({ phase, lostNs, lateNs, dueNs }: Loss, startedNs: number, endNs: number): void {
    const { sink } = this.#options;
    const { reconnect, restore } = this.#series;
    sink.count(phase, 'connections_reconnected');
    sink.latency(reconnect, phase, lostNs, endNs);
    sink.latency(reconnect + 1, phase, lostNs + lateNs, endNs);
    sink.latency(restore, phase, dueNs, endNs);
    sink.latency(restore + 1, phase, startedNs, endNs);
  }

  #lossOf(backOff: BackOff): Loss {
    const lostNs = this.#options.now();
    const when = this.#options.phaseOf(lostNs);
    const none = { timer: null, openedFromNs: null, restoredNs: null };
    return { lostNs, ...when, backOff, attempt: 0, dueNs: lostNs, lateNs: 0, ...none };
  }

  #wait(connection: number): void {
    const loss = this.#lost.get(connection);
    if (loss === undefined || this.#isStopped) return;
    const ms = waitMs(loss.backOff, this.#isHurrying ? 0 : loss.attempt, this.#options.draw());
    loss.attempt++;
    loss.dueNs = this.#options.now() + ms * NS_PER_MS;
    loss.timer = setTimeout(() => this.#queue(connection, loss), ms);
  }

  #queue(connection: number, loss: Loss): void {
    loss.timer = null;
    if (this.#due.push(connection) === 1) setImmediate(() => this.#reopenSome());
  }

  #reopenSome(): void {
    const { sink, reopen, now } = this.#options;
    for (const connection of this.#due.splice(0, MOST_A_TURN)) {
      const loss = this.#lost.get(connection);
      if (loss === undefined) continue;
      sink.count(loss.phase, 'reconnect_attempts');
      loss.lateNs += Math.max(0, now() - loss.dueNs);
      reopen(connection);
    }
    if (this.#due.length > 0) setImmediate(() => this.#reopenSome());
  }
}
