import type { AnswerFault } from '../../corpus/index/check-answer.ts';
import type { CorpusPools } from '../../corpus/index/corpus-index.ts';
import type { SampledAnswer } from '../../workload/answer-samples.ts';

/** What the answer thread starts with. */
export interface AnswerSetup {
  /** The directory of the corpus. */
  readonly dir: string;
  /** Events, from the first, that the run stores before the load; filters are drawn from them. */
  readonly stored: number;
  /** Whether the relay that is asked has been sent every event. */
  readonly isComplete: boolean;
}

/** To the answer thread. */
export type ToAnswerThread =
  | { readonly type: 'check'; readonly answer: SampledAnswer }
  /** Events that were refused or never answered. */
  | { readonly type: 'failed'; readonly events: readonly number[] }
  /** The relay had events of the corpus before this run. */
  | { readonly type: 'known-before' };

/** From the answer thread. */
export type FromAnswerThread =
  | { readonly type: 'ready'; readonly pools: CorpusPools }
  /** Null where the answer can be right. */
  | { readonly type: 'checked'; readonly phase: number; readonly fault: AnswerFault | null };
