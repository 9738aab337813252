import type { CorpusPools } from '../../corpus/index/corpus-pools.ts';
import type { Advertised } from '../../judge/advertised.ts';
import type { Accusation } from '../../judge/cap-watch.ts';
import type { Finding } from '../../judge/observations.ts';
import type { SampledAnswer } from './answer-samples.ts';
import type { EndedQuery } from './stored-events.ts';

/** What the answer thread starts with. */
export interface AnswerSetup {
  /** The directory of the corpus. */
  readonly dir: string;
  /** Events, from the first, that the run stores before the load; filters are drawn from them. */
  readonly stored: number;
  /** Whether the relay that is asked has been sent every event. */
  readonly isComplete: boolean;
  /** What the relay says of itself. */
  readonly advertised: Advertised;
}

/** A sampled answer without its events. */
export type SampledQuestion = Omit<SampledAnswer, 'frames'>;

/** An EVENT that came after the EOSE of its query. */
export interface LateEvent {
  readonly query: EndedQuery;
  readonly frame: Uint8Array<ArrayBuffer>;
}

/** To the answer thread. */
export type ToAnswerThread =
  | { readonly type: 'check'; readonly answer: SampledAnswer }
  | { readonly type: 'after-eose'; readonly late: LateEvent }
  /** Events that were refused or never answered. */
  | { readonly type: 'failed'; readonly events: readonly number[] }
  /** The relay had events of the corpus before this run. */
  | { readonly type: 'known-before' }
  /** There are no more answers: say what is worth knowing. */
  | { readonly type: 'finish' };

/** From the answer thread. */
export type FromAnswerThread =
  | { readonly type: 'ready'; readonly pools: CorpusPools }
  /** An answer was judged: this one is wrong, or earlier ones that it refutes, or none. */
  | {
      readonly type: 'checked';
      readonly phase: number;
      readonly accusations: readonly Accusation<SampledQuestion>[];
    }
  /** Null where the event may have come live. */
  | { readonly type: 'stored-late'; readonly late: LateEvent | null }
  | { readonly type: 'finished'; readonly findings: readonly Finding[] };
