import { NS_PER_S } from '../base/clock.ts';
import { type HistogramDelta, LatencyHistogram } from '../metric/histogram.ts';
import type { PlannedPhase } from '../plan/parts.ts';
import { COLD_S } from './health-summary.ts';
import { LATE_US } from './validity.ts';

/** An operation counts as achieved, or as written in time, at most this long after the measured phases. */
export const GRACE_S = 1;

/** When operations were written, beyond how late each of them was. */
export class Punctuality {
  readonly #start_s: number;
  readonly #end_s: number;
  readonly #isCold: boolean;
  readonly #firstLag = new LatencyHistogram();
  #inTime = 0;

  constructor(phases: readonly PlannedPhase[]) {
    const measured = phases.filter(({ kind }) => kind === 'measured');
    this.#start_s = (measured[0]?.startNs ?? 0) / NS_PER_S;
    this.#end_s = (measured.at(-1)?.endNs ?? 0) / NS_PER_S;
    this.#isCold = measured.length === phases.length;
  }

  /** What was written in a second: how long after its time. */
  add(second: number, sendLag: HistogramDelta): void {
    if (second < this.#end_s + GRACE_S) this.#inTime += sendLag.count;
    if (second < this.#start_s + COLD_S) this.#firstLag.addDelta(sendLag);
  }

  /** Of so many that were written, those that nobody could answer in time any more. */
  tooLate(written: number): number {
    return Math.max(0, written - this.#inTime);
  }

  /** Late operations of the first seconds of a process in which nothing had run before; null after a warm-up. */
  get lateWhileCold(): number | null {
    return this.#isCold ? this.#firstLag.countAbove(LATE_US) : null;
  }
}
