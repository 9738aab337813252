import type { NostrEvent } from '../../nostr/event.ts';

/** Direct messages (NIP-04) and gift wraps (NIP-59): a relay may serve them to their recipients only. */
const PRIVATE_KINDS: ReadonlySet<number> = new Set([4, 1059]);
/** A request to vanish (NIP-62), which not every relay heeds. */
const VANISH_KIND = 62;

/** Events that a relay may rightly not answer with although it was sent them. */
export class Withheld {
  readonly #events = new Set<number>();
  readonly #vanished = new Set<string>();

  add(number: number, { kind, pubkey, tags }: NostrEvent): void {
    // An expiration (NIP-40) depends on the clock, a protected event (NIP-70) on who sends it.
    const isConditional = tags.some(([name]) => name === 'expiration' || name === '-');
    if (PRIVATE_KINDS.has(kind) || isConditional) this.#events.add(number);
    if (kind === VANISH_KIND) this.#vanished.add(pubkey);
  }

  has(number: number, pubkey: string): boolean {
    return this.#events.has(number) || this.#vanished.has(pubkey);
  }
}
