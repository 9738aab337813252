/** One stream of arrivals of one worker, as the load loop sees it. Times are monotonic ns. */
export interface ArrivalStream {
  /** When the next arrival is due; `Infinity` where there is none (yet). */
  dueNs(nowNs: number): number;
  /** Carry out the arrival that is due: stage its frame, or count it as unsent. */
  fire(nowNs: number): void;
  /** Build one frame ahead of the clock. @returns false where there is nothing to build now */
  readAhead(): boolean;
  /** Give up operations that have waited longer than their timeout. Called a few times a second. */
  expire(nowNs: number): void;
  /** Operations written that wait for their reply. */
  readonly pending: number;
  /** Operations that wait for a socket to accept them. */
  readonly unwritten: number;
  /** Whether every arrival has been carried out and has ended. */
  readonly isOver: boolean;
}
