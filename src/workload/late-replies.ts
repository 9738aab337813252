import { monotonicNs } from '../base/clock.ts';
import type { SeriesTable } from '../metric/series-table.ts';
import { NONE, PendingTable } from '../wire/pending-table.ts';
import type { SampleSink } from './sample-sink.ts';

export interface LateRepliesOptions {
  readonly sink: SampleSink;
  readonly series: SeriesTable;
  readonly start: { readonly monotonicNs: number };
}

/** Operations that are remembered; a relay that is later than that has answered others in between. */
const MOST = 1 << 17;

/**
 * Operations whose time is over: given up at their deadline, or ended by this side. What a relay still says of them is
 * late and not stray: it answers what was asked.
 */
export class LateReplies {
  readonly #options: LateRepliesOptions;
  readonly #over = new PendingTable(64);
  readonly #series: number;

  constructor(options: LateRepliesOptions) {
    this.#options = options;
    this.#series = options.series.indexOf('late_latency');
  }

  /**
   * The operation in `entry` of `waiting` is over.
   * @param overNs its deadline, or when this side ended it
   * @param tag a number of the caller's, for {@link tagOf}
   */
  add(waiting: PendingTable, entry: number, overNs: number, tag = 0): void {
    if (this.#over.size >= MOST) this.#over.removeOldest();
    const connection = waiting.connectionOf(entry);
    const over = this.#over.add(waiting.keyHighOf(entry), waiting.keyLowOf(entry), connection, tag);
    this.#over.setTimes(over, waiting.scheduledNsOf(entry), overNs);
  }

  /** The operation of that key on a connection, or {@link NONE}. */
  find(high: number, low: number, connection: number): number {
    return this.#over.size === 0 ? NONE : this.#over.findOn(high, low, connection);
  }

  tagOf(over: number): number {
    return this.#over.tagOf(over);
  }

  setTag(over: number, tag: number): void {
    this.#over.setTag(over, tag);
  }

  /** Phase of the operation. */
  phaseOf(over: number): number {
    const { sink, start } = this.#options;
    return sink.phaseOf(this.#over.scheduledNsOf(over) - start.monotonicNs);
  }

  /** Count a reply of this moment to such an operation. */
  count(over: number): void {
    const { sink } = this.#options;
    const phase = this.phaseOf(over);
    sink.count(phase, 'replies_late');
    sink.latency(this.#series, phase, this.#over.startedNsOf(over), monotonicNs());
  }

  /** No further reply is owed. */
  forget(over: number): void {
    this.#over.remove(over);
  }

  /** A connection has ended: it answers no more. */
  onConnectionClosed(connection: number): void {
    this.#over.removeConnection(connection, () => undefined);
  }
}
