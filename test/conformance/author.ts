import { createHash } from 'node:crypto';
import { type EventTemplate, finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure';
import { signSchnorr } from 'tiny-secp256k1';
import type { NostrEvent } from '../../src/nostr/event.ts';

/** Unix seconds now. */
export function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}

/** What an event is made of; everything that is left out has a plain value. */
export type Draft = Partial<EventTemplate>;

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '"': '\\"',
  '\\': '\\\\',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

/** A JSON string with the seven escapes of NIP-01 and nothing else, character by character. */
function quoteExactly(text: string): string {
  let quoted = '';
  for (const character of text) quoted += ESCAPES[character] ?? character;
  return `"${quoted}"`;
}

/** Somebody with a key of their own, made for one statement. */
export class Author {
  readonly #secretKey = generateSecretKey();
  readonly pubkey = getPublicKey(this.#secretKey);

  /** An event signed by nostr-tools; by default a note of now. */
  sign(draft: Draft = {}): NostrEvent {
    const template = { kind: 1, created_at: nowSeconds(), tags: [], content: '', ...draft };
    const { id, pubkey, created_at, kind, tags, content, sig } = finalizeEvent(template, this.#secretKey);
    return { id, pubkey, created_at, kind, tags, content, sig };
  }

  /** A note whose id is computed exactly as NIP-01 says, for contents that `JSON.stringify` escapes otherwise. */
  signExactly(content: string): NostrEvent {
    const created_at = nowSeconds();
    const text = `[0,"${this.pubkey}",${created_at},1,[],${quoteExactly(content)}]`;
    const hash = createHash('sha256').update(text, 'utf8').digest();
    const sig = Buffer.from(signSchnorr(hash, this.#secretKey)).toString('hex');
    return { id: hash.toString('hex'), pubkey: this.pubkey, created_at, kind: 1, tags: [], content, sig };
  }

  /** `count` versions that differ in content only, hence in id, in the order of their ids. */
  signTies(count: number, draft: Draft = {}): NostrEvent[] {
    const created_at = nowSeconds();
    const ties = Array.from({ length: count }, (_, i) =>
      this.sign({ created_at, ...draft, content: `tie ${i}` }),
    );
    return ties.sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}
