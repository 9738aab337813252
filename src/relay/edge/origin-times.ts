/** Every duration of the connection to an origin, in milliseconds. */
export interface OriginTimes {
  /** From the answer to a ping to the next ping. */
  readonly beatMs: number;
  /** So long after a ping, and after all that has come since, the connection is given up. */
  readonly silenceMs: number;
  /** An answer to a question. */
  readonly questionMs: number;
  /** From the hand-in of an event to its OK: what an origin takes at the most, and less than clients wait for. */
  readonly writeMs: number;
  /** The answer to one message of a reconciliation. */
  readonly roundMs: number;
  /** After a gap what is held is held against the origin for so long, before it is asked and written to again. */
  readonly compareMs: number;
  /** After so long it is asked and written to again, while what was made lately is still looked for. */
  readonly recentMs: number;
  /** A question waits so long for an origin that is away. */
  readonly patienceMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
}

export const ORIGIN_TIMES: OriginTimes = {
  beatMs: 500,
  silenceMs: 3_000,
  questionMs: 10_000,
  writeMs: 9_600,
  roundMs: 2_000,
  compareMs: 2_000,
  recentMs: 5_000,
  patienceMs: 3_000,
  firstRetryMs: 200,
  longestRetryMs: 5_000,
};
