import { monotonicNs } from '../../base/clock.ts';
import type { EventFrames } from '../../corpus/event-frames.ts';
import type { SeriesTable } from '../../metric/series-table.ts';
import { NONE, type PendingTable } from '../../wire/pending-table.ts';
import type { CaseSink } from '../case-sink.ts';
import type { EventOutcome } from '../event-fate.ts';
import type { OnArrival } from '../frame-sender.ts';
import type { SeriesOfConnection } from '../regional-series.ts';
import type { SampleSink } from '../sample-sink.ts';
import { keepTimeoutCase } from './timeout-case.ts';

/** One sort of event. */
export interface PublishedSort {
  /** Series of its acknowledgements; its twin is the next one. */
  readonly ackSeries: number;
  /** The same of those that a client of a region has written; left out where there are no regions. */
  readonly ackIn?: SeriesOfConnection | undefined;
  /** Of its events; null where they are of several kinds. */
  readonly kind: number | null;
}

export interface EventBooksOptions {
  /** Events under way, each with the number of its arrival as its tag. */
  readonly waiting: PendingTable;
  readonly frames: Pick<EventFrames, 'sortOf' | 'isRepeat'>;
  /** In the order of their numbers. */
  readonly sorts: readonly PublishedSort[];
  readonly start: { readonly monotonicNs: number };
  readonly timeoutMs: number;
  readonly sink: SampleSink;
  readonly series: SeriesTable;
  readonly cases: CaseSink;
}

/** Words of a relay that refuses an event rightly: it has a newer version of it. */
const SUPERSEDED: ReadonlySet<string> = new Set(['duplicate', 'replaced']);

/** Counts the end of each event and times its answer. */
export class EventBooks {
  readonly #options: EventBooksOptions;
  readonly #rejectSeries: number;
  /** Numbers of the events under way of which there can be newer versions. */
  readonly #versions = new Set<number>();

  constructor(options: EventBooksOptions) {
    this.#options = options;
    this.#rejectSeries = options.series.indexOf('reject_latency');
  }

  /** The event of this arrival was written, and there can be newer versions of it. */
  hasVersions(number: number): void {
    this.#versions.add(number);
  }

  /** An event has ended and its entry is about to be removed. */
  forget(entry: number): void {
    this.#versions.delete(this.#options.waiting.tagOf(entry));
  }

  phaseOf(entry: number): number {
    const { sink, start, waiting } = this.#options;
    return sink.phaseOf(waiting.scheduledNsOf(entry) - start.monotonicNs);
  }

  accepted(entry: number): EventOutcome {
    this.#options.sink.count(this.#settle(entry, this.#ackSeriesOf(entry)), 'events_accepted');
    return 'accepted';
  }

  /**
   * A relay may call a version a duplicate where it has a newer one; of a regular event it claims to have had it.
   * @param wasResent it was sent again after a loss: the relay has had it since the first time, which then was its acceptance
   */
  duplicate(entry: number, wasResent: boolean): EventOutcome {
    const { sink, frames, waiting } = this.#options;
    const phase = this.#settle(entry, this.#ackSeriesOf(entry));
    sink.count(phase, 'events_duplicate');
    if (!this.#canHaveVersions(entry) && !wasResent) sink.count(phase, 'duplicates_unexplained');
    return wasResent && !frames.isRepeat(waiting.tagOf(entry)) ? 'accepted' : 'duplicate';
  }

  refused(entry: number, prefix: string): EventOutcome {
    const { sink } = this.#options;
    const phase = this.#settle(entry, this.#rejectSeries);
    sink.countWord(phase, 'events_rejected', prefix);
    const isSuperseded = this.#canHaveVersions(entry) && SUPERSEDED.has(prefix);
    if (isSuperseded) sink.count(phase, 'events_superseded');
    return isSuperseded ? 'superseded' : 'failed';
  }

  /** It was never answered: slower than all that were. */
  unanswered(entry: number, counter: 'events_timeout' | 'events_lost_at_close'): void {
    const { sink, start, waiting } = this.#options;
    const phase = this.phaseOf(entry);
    sink.count(phase, counter);
    this.#censor(this.#ackSeriesOf(entry), phase, waiting.scheduledNsOf(entry) - start.monotonicNs);
  }

  /** The case of an event that was never answered, where one more is wanted. */
  keepTimeout(entry: number): void {
    const { cases, timeoutMs, waiting } = this.#options;
    keepTimeoutCase({ cases, timeoutMs, kind: this.#sortOf(entry).kind }, waiting, entry);
  }

  /**
   * An event that was never written is slower than all others, as one that is never answered; in the region of the client that it
   * was for, where there is one.
   */
  neverSent(counter: 'events_unsent' | 'events_dropped', ...arrival: Parameters<OnArrival>): void {
    const [number, offsetNs, connection] = arrival;
    const { sink } = this.#options;
    const phase = sink.phaseOf(offsetNs);
    sink.count(phase, counter);
    this.#censor(ackSeriesFor(this.#sortOfNumber(number), connection), phase, offsetNs);
  }

  #settle(entry: number, series: number): number {
    const endedNs = monotonicNs();
    const phase = this.phaseOf(entry);
    const { sink, waiting } = this.#options;
    sink.latency(series, phase, waiting.scheduledNsOf(entry), endedNs);
    sink.latency(series + 1, phase, waiting.waitedFromNsOf(entry), endedNs);
    return phase;
  }

  #censor(series: number, phase: number, offsetNs: number): void {
    const { sink } = this.#options;
    sink.censored(series, phase, offsetNs);
    sink.censored(series + 1, phase, offsetNs);
  }

  #canHaveVersions(entry: number): boolean {
    return this.#versions.has(this.#options.waiting.tagOf(entry));
  }

  #ackSeriesOf(entry: number): number {
    return ackSeriesFor(this.#sortOf(entry), this.#options.waiting.connectionOf(entry));
  }

  #sortOf(entry: number): PublishedSort {
    return this.#sortOfNumber(this.#options.waiting.tagOf(entry));
  }

  #sortOfNumber(number: number): PublishedSort {
    const { sorts, frames } = this.#options;
    return sorts[frames.sortOf(number)] as PublishedSort;
  }
}

/** Of the region of a client; of none where it was for no client. */
function ackSeriesFor({ ackSeries, ackIn }: PublishedSort, connection: number): number {
  return ackIn === undefined || connection === NONE ? ackSeries : ackIn(connection);
}
