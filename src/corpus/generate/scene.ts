import type { Draws } from './draws.ts';
import type { People } from './people.ts';
import type { Tags } from './tags.ts';

/** What later events need to know of an earlier one that they refer to. */
export interface Target {
  /** Number of the event. */
  readonly n: number;
  readonly id: string;
  readonly pubkey: string;
  /** Number of the author's key. */
  readonly key: number;
  readonly kind: number;
  /** The first note of its thread; null where it is that note itself, or no note. */
  readonly root: ThreadRoot | null;
}

/** The first note of a thread. */
export interface ThreadRoot {
  readonly id: string;
  readonly pubkey: string;
  /** Number of the author's key. */
  readonly key: number;
}

/** An event before it is hashed and signed. */
export interface Draft {
  readonly kind: number;
  /** Number of the key that signs. */
  readonly key: number;
  readonly createdAt_s: number;
  readonly tags: Tags;
  /** The inside of a JSON string: escaped already. */
  readonly content: string;
  readonly root?: ThreadRoot | null;
}

/** An event that is ready to be written. */
export interface Sealed {
  readonly id: string;
  readonly json: string;
}

/** What an event may refer to. */
export interface World {
  readonly seed: number;
  readonly people: People;
  /** What events are spread over, as a share of the usual 30 days. */
  readonly timeScale: number;
  /**
   * A note before event n, drawn as attention is spent: mostly recent ones, a few hot ones far more often than the
   * others. Event 0 is a note; it has none before it.
   */
  drawNote(draws: Draws, n: number): Target;
  /** A note, reaction or repost before event n, as somebody regrets it. */
  drawRegretted(draws: Draws, n: number): Target;
  /** The whole event n as JSON. */
  jsonOf(n: number): string;
  /** Signs an event that is embedded in another one. */
  seal(draft: Draft): Sealed;
}

/** What the maker of one event is given. */
export interface Scene {
  /** Number of the event. */
  readonly n: number;
  /** Its number among the events of its slot, see `KindSchedule`. */
  readonly rank: number;
  readonly createdAt_s: number;
  /** An author by Zipf's law; the maker may take another. */
  readonly author: number;
  readonly draws: Draws;
  readonly world: World;
}

/** Makes one event. Draws in a fixed order: a change of the order is a change of the corpus. */
export type Make = (scene: Scene) => Draft;
