import type { Make } from '../scene.ts';

/** One sort of event of a corpus. */
export interface Slot {
  /** Events of it in every 10,000. */
  readonly share: number;
  readonly make: Make;
  /** Whether it is a note that others answer to. */
  readonly isNote?: true;
  /** Whether its author may regret it: it can be named in a deletion. */
  readonly isRegrettable?: true;
  /** Whether each is signed by a key of its own. */
  readonly hasOneTimeKey?: true;
}

/** What the events of a corpus are like. */
export interface CorpusProfile {
  /** The first slot is a note that refers to nothing; event 0 is of it. */
  readonly slots: readonly Slot[];
  /** Authors per 10,000 events. */
  readonly authorShare: number;
  /** Whether some authors write far more than others (Zipf). */
  readonly skewedAuthors: boolean;
}
