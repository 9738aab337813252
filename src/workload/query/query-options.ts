import type { FrameStore } from '../../wire/frame-store.ts';
import type { CaseSink } from '../case-sink.ts';
import type { Clients } from '../clients.ts';
import type { DrawPools, Sample } from '../draw-filter.ts';
import type { WeightedFilter } from '../filter-shares.ts';
import type { ArrivalSchedule } from '../frame-ahead.ts';
import type { Regional } from '../regional-series.ts';
import type { SampleSink } from '../sample-sink.ts';
import type { AnswerSamples } from './answer-samples.ts';
import type { StoredEvents } from './stored-events.ts';

/** What queries are asked with, and who is told of them. */
export interface QueryOptions extends Regional {
  readonly store: FrameStore;
  readonly schedule: ArrivalSchedule;
  readonly clients: Clients;
  readonly filters: readonly WeightedFilter[];
  readonly pools: DrawPools;
  /** How values are drawn; default: one as likely as the other. */
  readonly choose?: Sample;
  readonly seed: number;
  readonly timeoutMs: number;
  readonly start: { readonly monotonicNs: number };
  readonly sink: SampleSink;
  /** Send a frame outside the measured stream (CLOSE). */
  readonly sendNow: (connection: number, frame: Buffer) => void;
  /** Keeps answers that are to be checked; null where the right ones are not known. */
  readonly answers: AnswerSamples | null;
  readonly stored: StoredEvents;
  readonly cases: CaseSink;
  /** At most how many events can have come live since a query that was written so long ago, in nanoseconds. */
  readonly mayComeLive: (sinceNs: number) => number;
  /** Whether a connection is lost and going to be opened again. */
  readonly isAway: (connection: number) => boolean;
}
