import type { SeriesTable } from '../../metric/series-table.ts';
import type { CaseSink } from '../case-sink.ts';
import type { SeriesOfConnection } from '../regional-series.ts';
import type { SampleSink } from '../sample-sink.ts';
import type { Gaps } from './gaps.ts';
import type { Recogniser } from './recognise.ts';
import type { Subscriber } from './subscribers.ts';

/** What a tracker of deliveries knows of its worker. */
export interface DeliveryOptions {
  readonly recogniser: Recogniser;
  readonly subscribers: readonly Subscriber[];
  /** Events of this worker per second at the highest level: sizes the window. */
  readonly events_per_s: number;
  /** How long an event may be under way, in seconds. */
  readonly window_s: number;
  readonly start: { readonly monotonicNs: number };
  readonly sink: SampleSink;
  readonly series: SeriesTable;
  /** The series of the deliveries to a subscriber of a region; left out where there are no regions. */
  readonly deliveryIn?: SeriesOfConnection | undefined;
  /** Number of the relay process that a connection has reached; negative where that is not known. */
  readonly relayOf: (connection: number) => number;
  /** Phase of this moment. */
  readonly currentPhase: () => number;
  readonly cases: CaseSink;
  /** What clients do about the time in which they were away; null where a lost connection stays lost. */
  readonly gaps: Gaps | null;
}
