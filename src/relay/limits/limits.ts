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
  /** Values in all lists of all filters of one REQ or COUNT: hex values of a message of the default size are fewer. */
  readonly maxRequestValues: number;
  /** Conditions on tags of one filter: each one is another look at a table or an index for every event. */
  readonly maxTagConditions: number;
  /** Estimated bytes of memory that the filters of open subscriptions take, of one connection. */
  readonly maxFilterBytes: number;
  /** The same of all connections; beyond, the one that holds most loses subscriptions. */
  readonly maxFilterBytesTotal: number;
  /** Seconds that one question may take the database; beyond, it is given up. */
  readonly queryDeadlineS: number;
  /** Filters of open subscriptions that search (NIP-50), of one connection. */
  readonly maxLiveSearches: number;
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
  /** Bytes waiting for all readers together; beyond, the connections for which most waits are cut. */
  readonly maxBacklogBytesTotal: number;
  /** Invalid signatures that a connection may send more than valid ones, before it is closed; 0 sets no limit. */
  readonly maxInvalidSignatures: number;
  /** Most events that wait for verification; more are answered `error: overloaded`. */
  readonly verifyQueueMax: number;
  /** Leading zero bits that an id must have (NIP-13); 0 asks for none. */
  readonly minPowDifficulty: number;
  /** Events of one reconciliation (NIP-77), and of all that are open on one connection; 40 bytes each. */
  readonly maxNegRecords: number;
  /** Open reconciliations of one connection. */
  readonly maxNegSessions: number;
  /** Seconds without a message after which a reconciliation ends. */
  readonly negIdleS: number;
  /** Seconds within which a message must be complete once it has begun. */
  readonly messageDeadlineS: number;
  /** Seconds from the opening of a TCP connection to the end of its handshake. */
  readonly handshakeDeadlineS: number;
  /**
   * Messages a second of one connection that can't be understood or ask for more than is allowed, a long one counts for
   * several; beyond, it is closed with 1008. 0 sets no limit.
   */
  readonly maxMalformedPerS: number;
  /** Pings a second of one connection; beyond, it is closed with 1008. */
  readonly maxPingsPerS: number;
  /** Open connections of one address; 0 sets no limit. */
  readonly maxConnectionsPerIp: number;
  /** EVENT messages a second of one connection, see {@link BURST_S}; 0 sets no limit. */
  readonly maxEventsPerS: number;
  /** The same of all connections of one address. */
  readonly maxEventsPerSPerIp: number;
  /** REQ, COUNT, NEG-OPEN and NEG-MSG messages a second of one connection; 0 sets no limit. */
  readonly maxReqsPerS: number;
  /** The same of all connections of one address. */
  readonly maxReqsPerSPerIp: number;
}

/** A client that was silent may send what it was allowed in this many seconds at once. */
export const BURST_S = 5;

const MIB = 1024 * 1024;

export const DEFAULT_LIMITS: RelayLimits = {
  maxMessageBytes: MIB / 2,
  maxConnections: 100_000,
  maxSubscriptions: 200,
  maxFilters: 20,
  maxFilterValues: 5_000,
  maxRequestValues: 10_000,
  maxTagConditions: 10,
  maxFilterBytes: 16 * MIB,
  maxFilterBytesTotal: 96 * MIB,
  queryDeadlineS: 5,
  maxLiveSearches: 20,
  maxLimit: 5_000,
  defaultLimit: 500,
  maxEventTags: 5_000,
  maxContentLength: 256 * 1024,
  createdAtAheadS: 900,
  maxBacklogBytes: 32 * MIB,
  maxBacklogBytesTotal: 96 * MIB,
  maxInvalidSignatures: 32,
  verifyQueueMax: 8_192,
  minPowDifficulty: 0,
  maxNegRecords: 500_000,
  maxNegSessions: 20,
  negIdleS: 60,
  messageDeadlineS: 30,
  handshakeDeadlineS: 10,
  maxMalformedPerS: 20,
  maxPingsPerS: 100,
  maxConnectionsPerIp: 0,
  maxEventsPerS: 0,
  maxEventsPerSPerIp: 0,
  maxReqsPerS: 0,
  maxReqsPerSPerIp: 0,
};
