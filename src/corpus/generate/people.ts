import { hash } from 'node:crypto';
import { ThrowawayKeys } from '../keys.ts';
import type { Draws } from './draws.ts';
import { Zipf } from './zipf.ts';

/** How many keys of each kind a corpus has. */
export interface PeopleSpec {
  readonly seed: number;
  readonly authors: number;
  /** Keys that sign one gift wrap each (NIP-59). */
  readonly oneTimeKeys: number;
  /** Whether some authors write far more than others. */
  readonly skewed: boolean;
}

/** Keys of wallets that publish zap receipts (NIP-57). */
const SERVICES = 4;
/** People who are followed and mentioned but write nothing here. */
const STRANGERS = 4_096;
/** Share of strangers among the followed. */
const STRANGER_SHARE = 0.25;

/** Everybody with a key. Keys are numbered: authors first, then zap services, then one-time keys. */
export class People {
  readonly authors: number;
  readonly keys: ThrowawayKeys;
  readonly #oneTimeKeys: number;
  readonly #zipf: Zipf | null;
  readonly #strangers: readonly string[];
  /** When an author was last chosen by `drawCrowd`, so that nobody is chosen twice. */
  readonly #chosenIn: Uint32Array;
  #crowd = 0;

  constructor({ seed, authors, oneTimeKeys, skewed }: PeopleSpec) {
    this.authors = authors;
    this.keys = new ThrowawayKeys({ seed, label: 'corpus', count: authors + SERVICES + oneTimeKeys });
    this.#oneTimeKeys = oneTimeKeys;
    this.#zipf = skewed ? new Zipf(authors) : null;
    this.#strangers = Array.from({ length: STRANGERS }, (_, i) =>
      hash('sha256', `stranger ${seed} ${i}`, 'hex'),
    );
    this.#chosenIn = new Uint32Array(authors);
  }

  pubkey(key: number): string {
    return this.keys.publicKeys[key] as string;
  }

  /** An author: one who writes, and is written to, as often as Zipf's law says. */
  drawAuthor(draws: Draws): number {
    return this.#zipf === null ? draws.int(this.authors) : this.#zipf.draw(draws);
  }

  /** The public key of somebody known. */
  drawPubkey(draws: Draws): string {
    return this.pubkey(this.drawAuthor(draws));
  }

  /** The key of a zap service. */
  drawService(draws: Draws): number {
    return this.authors + draws.int(SERVICES);
  }

  /** The key of gift wrap `rank`; keys come round again where more are asked for than there are. */
  oneTimeKey(rank: number): number {
    return this.authors + SERVICES + (rank % this.#oneTimeKeys);
  }

  /** `size` different people (at most 4,096), mostly authors. */
  drawCrowd(draws: Draws, size: number): string[] {
    this.#crowd++;
    let stranger = draws.int(STRANGERS);
    return Array.from({ length: size }, () => {
      const author = draws.chance(STRANGER_SHARE) ? -1 : this.drawAuthor(draws);
      if (author >= 0 && this.#chosenIn[author] !== this.#crowd) {
        this.#chosenIn[author] = this.#crowd;
        return this.pubkey(author);
      }
      stranger = (stranger + 1) % STRANGERS;
      return this.#strangers[stranger] as string;
    });
  }
}
