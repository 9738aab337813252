/** How many events make which batch. */
export interface BatchSizes {
  /** The most: larger batches hardly cost less for an event, and whoever waits for one waits longer. */
  readonly max: number;
  /** So many are copied; fewer are inserted with one statement, which asks nothing before. */
  readonly copiedMin: number;
}

/** What a Postgres store is given. */
export interface PostgresStoreOptions {
  /** Connection string of the primary. */
  readonly url: string;
  /** Connection strings of replicas; none: reads go to the primary, through a pool of their own. */
  readonly replicaUrls: readonly string[];
  /** Most connections that read from one server; default 50. */
  readonly readPool?: number | undefined;
  /** Seconds after which a question is given up; default 5. */
  readonly queryDeadlineS?: number | undefined;
  /** Whether the tables are to lack their covering indexes; default no. */
  readonly withoutIndexes?: boolean | undefined;
  /** Sizes of batches, where they are not the usual ones. */
  readonly batches?: Partial<BatchSizes> | undefined;
  /** Current Unix time in seconds; tests pass their own. */
  readonly nowSeconds: () => number;
  /** Told once of each failure that is survived, and of its end. */
  readonly log: (text: string) => void;
}

/** The usual batches. */
export const BATCHES: BatchSizes = { max: 1_000, copiedMin: 64 };
