import type { RunRecord } from '../../record/schema.ts';
import type { ProgressEvent } from '../../result/progress.ts';
import { advance, initialState, type ProgressState } from '../progress/state.ts';
import { livePage } from './live-page.ts';

export interface LiveReportOptions {
  /** Name of the scenario. */
  readonly scenario: string;
  /** Milliseconds of a clock that never goes back. */
  readonly nowMs: () => number;
}

/** The page of one run that goes on, made when it is asked for from what the run has told until then. */
export class LiveReport {
  readonly #options: LiveReportOptions;
  #progress: ProgressState;
  #recordSoFar: (() => RunRecord) | null = null;

  constructor(options: LiveReportOptions) {
    this.#options = options;
    this.#progress = initialState(options.nowMs());
  }

  /** The run goes on. */
  onProgress(event: ProgressEvent): void {
    this.#progress = advance(this.#progress, event, this.#options.nowMs());
  }

  /** The load begins: from now on there is a record of the run so far. */
  follow(recordSoFar: () => RunRecord): void {
    this.#recordSoFar = recordSoFar;
  }

  /** The page as of now. */
  page(): string {
    const { scenario, nowMs } = this.#options;
    const record = this.#recordSoFar?.() ?? null;
    return livePage({ scenario, progress: this.#progress, nowMs: nowMs(), record });
  }
}
