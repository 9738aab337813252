/** Every limit of the relay; all are enforced, and all that NIP-11 has a name for are advertised. */
export interface RelayLimits {
  /** Bytes of one message; a longer one ends the connection with 1009. */
  readonly maxMessageBytes: number;
  readonly maxConnections: number;
  /** Open subscriptions of one connection. */
  readonly maxSubscriptions: number;
  /** Filters of one REQ or COUNT. */
  readonly maxFilters: number;
  /** Values in all lists of one filter together. */
  readonly maxFilterValues: number;
  /** A larger `limit` is cut to this. */
  readonly maxLimit: number;
  /** The `limit` of a filter that has none. */
  readonly defaultLimit: number;
  readonly maxEventTags: number;
  /** Unicode characters. */
  readonly maxContentLength: number;
  /** How far in the future `created_at` may lie, in seconds. */
  readonly createdAtAheadS: number;
  /** Bytes waiting for a reader that is too slow; beyond, its connection is cut. */
  readonly maxBacklogBytes: number;
  /** Most events that wait for verification; more are answered `error: overloaded`. */
  readonly verifyQueueMax: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_LIMITS: RelayLimits = {
  maxMessageBytes: MIB / 2,
  maxConnections: 100_000,
  maxSubscriptions: 200,
  maxFilters: 20,
  maxFilterValues: 5_000,
  maxLimit: 5_000,
  defaultLimit: 500,
  maxEventTags: 5_000,
  maxContentLength: 256 * 1024,
  createdAtAheadS: 900,
  maxBacklogBytes: 32 * MIB,
  verifyQueueMax: 8_192,
};
