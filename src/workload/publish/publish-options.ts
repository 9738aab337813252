import type { EventFrames } from '../../corpus/event-frames.ts';
import type { SeriesTable } from '../../metric/series-table.ts';
import type { FrameStore } from '../../wire/frame-store.ts';
import type { EventFate } from '../event-fate.ts';
import type { EventsAgainOptions } from '../events-again.ts';
import type { ArrivalSchedule } from '../frame-ahead.ts';
import type { LoadModel } from '../load-model.ts';
import type { SampleSink } from '../sample-sink.ts';
import type { TimeoutCaseOptions } from './timeout-case.ts';

/** What events are published with, and who is told of them. */
export interface PublishOptions extends TimeoutCaseOptions {
  readonly store: FrameStore;
  readonly frames: EventFrames;
  readonly schedule: ArrivalSchedule;
  readonly model: LoadModel;
  /** Start of the load: monotonic ns, and the wall clock at that moment in ms. */
  readonly start: { readonly monotonicNs: number; readonly wallMs: number };
  readonly sink: SampleSink;
  readonly series: SeriesTable;
  readonly fate: EventFate | null;
  /** Send a frame outside the measured stream: an event again. */
  readonly sendNow: (connection: number, frame: Buffer) => void;
  readonly mayNeedAgain: EventsAgainOptions['mayNeedAgain'];
  readonly keptBytes: number;
  /** Whether a connection is lost and going to be opened again. */
  readonly isAway: (connection: number) => boolean;
}
