/** What became of all that was written, see `Ledger.end`. */
export interface LedgerResult {
  readonly accepted: number;
  readonly longest_gap_ms: number;
  readonly slowest_ok_ms: number;
  /** Answers `OK false`, by their text. */
  readonly refused: Readonly<Record<string, number>>;
  /** Events that never had an answer, though they were sent again after each loss of a connection. */
  readonly unanswered: number;
  /** Events that had no answer when their connection was lost. */
  readonly interrupted: number;
  /** Acknowledged events that each relay does not find. */
  readonly lost: readonly number[];
  /** Connections of writers that were lost. */
  readonly drops: number;
  readonly back_p99_ms: number;
  /** Acknowledged events that the listener at each relay has not seen. */
  readonly live_missed: readonly number[];
  readonly live_doubled: readonly number[];
  readonly live_gap_ms: readonly number[];
}

export class Ledger {
  constructor(options: {
    readonly entry: string;
    readonly relays: readonly string[];
    readonly clients: number;
    readonly rate: number;
  });
  /** Acknowledged so far. */
  readonly accepted: readonly string[];
  start(): void;
  forget(): void;
  end(relays: readonly string[]): Promise<LedgerResult>;
}
