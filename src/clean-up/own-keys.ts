import { Sealer } from '../corpus/generate/sealer.ts';
import type { ThrowawayKeys } from '../corpus/keys.ts';
import type { NostrEvent } from '../nostr/event.ts';
import { DELETION_KIND } from '../nostr/kinds.ts';

/** What a deletion request asks for. */
export interface Deletion {
  /** Author of the events and of the request: nobody else may ask (NIP-09). */
  readonly pubkey: string;
  readonly ids: readonly string[];
  /** Kinds of these events. */
  readonly kinds: readonly number[];
}

interface Owner {
  readonly sealer: Sealer;
  readonly key: number;
}

/** The throwaway keys of a run: whose events are its own, and the one who may delete them. */
export class OwnKeys {
  readonly #owners = new Map<string, Owner>();

  /** @param sets what the keys of the run were derived from its seed to */
  constructor(seed: number, sets: readonly ThrowawayKeys[]) {
    for (const keys of sets) {
      const sealer = new Sealer(seed, keys);
      for (const [key, pubkey] of keys.publicKeys.entries()) this.#owners.set(pubkey, { sealer, key });
    }
  }

  has(pubkey: string): boolean {
    return this.#owners.has(pubkey);
  }

  /**
   * Signs a deletion request (NIP-09).
   * @param createdAt_s Unix seconds
   * @throws RangeError where the author is not one of the run
   */
  sign({ pubkey, ids, kinds }: Deletion, createdAt_s: number): NostrEvent {
    const owner = this.#owners.get(pubkey);
    if (owner === undefined) throw new RangeError(`${pubkey} is no key of this run`);
    const tags = [...ids.map((id) => ['e', id]), ...kinds.map((kind) => ['k', String(kind)])];
    const { json } = owner.sealer.seal({
      kind: DELETION_KIND,
      key: owner.key,
      createdAt_s,
      tags: { json: JSON.stringify(tags) },
      content: '',
    });
    return JSON.parse(json) as NostrEvent;
  }
}
