/** What agents and coordinators meet at. All times are its own: microseconds since 1970. */
export interface ControlBus {
  timeUs(): Promise<number>;
  /**
   * Adds an entry to the end of a stream. Entries of one caller keep their order; one may come twice where the connection was
   * lost in between, none is lost while the bus lasts. Never fails: what can't be added now is tried again until `close`.
   * @param most entries that the stream keeps; default all
   */
  append(stream: string, entry: Buffer, most?: number): void;
  /** Resolves once everything that was appended is there, or after `longestMs`. */
  flushed(longestMs: number): Promise<void>;
  /**
   * Reads streams from their first entry on, as entries come.
   * @param consume whether an entry is removed once it was read: for the only reader of a stream
   */
  follow(
    streams: readonly string[],
    onEntry: (entry: Buffer, stream: string) => void,
    consume?: boolean,
  ): Follower;
  /** Removes streams. */
  forget(streams: readonly string[]): Promise<void>;
  /** Puts jobs up for whoever takes them, in this order. */
  offer(jobs: readonly Job[]): Promise<void>;
  /** Takes back those that nobody has taken. */
  withdraw(ids: readonly string[]): Promise<void>;
  /** Takes one job after the other. A job that fails is not given to anybody else. */
  take(carryOut: (data: unknown) => Promise<void>): Taker;
  close(): Promise<void>;
}

export interface Job {
  readonly id: string;
  readonly data: unknown;
}

export interface Follower {
  stop(): Promise<void>;
}

export interface Taker {
  /** Takes no more jobs, and waits for the one that is carried out. */
  stop(): Promise<void>;
}
