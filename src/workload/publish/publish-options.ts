import type { EventFrames } from '../../corpus/event-frames.ts';
import type { FrameStore } from '../../wire/frame-store.ts';
import type { EventFate } from '../event-fate.ts';
import type { EventsAgainOptions } from '../events-again.ts';
import type { ArrivalSchedule } from '../frame-ahead.ts';
import type { LoadModel } from '../load-model.ts';
import type { EventBooksOptions } from './event-books.ts';

/** What events are published with, and who is told of them. */
export interface PublishOptions extends Omit<EventBooksOptions, 'waiting'> {
  readonly store: FrameStore;
  readonly frames: EventFrames;
  readonly schedule: ArrivalSchedule;
  readonly model: LoadModel;
  /** The connection for the arrival of that number, which is due; negative where there is none. */
  readonly pick: (number: number) => number;
  /** Start of the load: monotonic ns, and the wall clock at that moment in ms. */
  readonly start: { readonly monotonicNs: number; readonly wallMs: number };
  readonly fate: EventFate | null;
  /** Send a frame outside the measured stream: an event again. */
  readonly sendNow: (connection: number, frame: Buffer) => void;
  readonly mayNeedAgain: EventsAgainOptions['mayNeedAgain'];
  readonly keptBytes: number;
  /** Whether a connection is lost and going to be opened again. */
  readonly isAway: (connection: number) => boolean;
}
