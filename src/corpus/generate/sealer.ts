import { hash } from 'node:crypto';
import { putHexOf } from '../ascii.ts';
import type { ThrowawayKeys } from '../keys.ts';
import { NonceTable } from '../nonce-table.ts';
import { NonceTableSigner } from '../signer.ts';
import type { Draft, Sealed } from './scene.ts';

/** The nonce of a signature follows from the id: 12 bits of it choose one of the 4,096 of the table. */
const NONCE_MASK = 0xfff;
const SIGNATURE_AT = 64;

/** What an event is made of. */
export type Unsealed = Omit<Draft, 'tags' | 'root'> & { readonly tags: { readonly json: string } };

/** Makes events of drafts: the id (NIP-01), the signature (BIP-340) and the JSON. */
export class Sealer {
  readonly #keys: ThrowawayKeys;
  readonly #signer: NonceTableSigner;
  /** The last id and signature as hex. */
  readonly #hex = Buffer.alloc(SIGNATURE_AT + 128);

  constructor(seed: number, keys: ThrowawayKeys) {
    this.#keys = keys;
    this.#signer = new NonceTableSigner(keys, new NonceTable(seed));
  }

  seal(draft: Unsealed): Sealed {
    const { kind, key, createdAt_s, content } = draft;
    const pubkey = this.#keys.publicKeys[key] as string;
    const tags = draft.tags.json;
    const bytes = hash('sha256', `[0,"${pubkey}",${createdAt_s},${kind},${tags},"${content}"]`, 'binary');
    putHexOf(this.#hex, 0, bytes);
    this.#signer.select(key, ((bytes.charCodeAt(0) << 8) | bytes.charCodeAt(1)) & NONCE_MASK);
    this.#signer.sign(this.#hex, SIGNATURE_AT, bytes);
    const id = this.#hex.toString('latin1', 0, SIGNATURE_AT);
    const sig = this.#hex.toString('latin1', SIGNATURE_AT);
    const json = `{"id":"${id}","pubkey":"${pubkey}","created_at":${createdAt_s},"kind":${kind},"tags":${tags},"content":"${content}","sig":"${sig}"}`;
    return { id, json };
  }

  /** The id alone, for a quarter of the price. */
  idOf({ kind, key, createdAt_s, tags, content }: Draft): string {
    const pubkey = this.#keys.publicKeys[key] as string;
    return hash('sha256', `[0,"${pubkey}",${createdAt_s},${kind},${tags.json},"${content}"]`, 'hex');
  }
}
