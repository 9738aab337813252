import { hash } from 'node:crypto';
import type { UnsignedAuth } from '../nostr/nip42.ts';
import { putHexOf } from './ascii.ts';
import { ThrowawayKeys } from './keys.ts';
import { NonceTable } from './nonce-table.ts';
import { NonceTableSigner } from './signer.ts';

/** Keys that are made at a time: few enough to keep no event waiting. */
const KEYS_AT_A_TIME = 64;
const NONCES = 64;
const ID_DIGITS = 64;
const SIGNATURE_DIGITS = 128;

/** A signed event of a client, as it is sent. */
export interface SignedByClient {
  /** 64 lower-case hex characters. */
  readonly id: string;
  /** The whole event. */
  readonly json: string;
}

/**
 * Signs what clients say of themselves. Every client has a throwaway key of its own, the same for each seed; keys are made
 * as they are needed.
 */
export class ClientSigner {
  readonly #seed: number;
  readonly #nonces: NonceTable;
  readonly #groups = new Map<number, { keys: ThrowawayKeys; signer: NonceTableSigner }>();
  readonly #hex = Buffer.alloc(ID_DIGITS + SIGNATURE_DIGITS);

  constructor(seed: number) {
    this.#seed = seed;
    this.#nonces = new NonceTable(seed, NONCES);
  }

  /** @param client number of the client in the run, from 0 */
  sign(client: number, { kind, created_at, tags, content }: UnsignedAuth): SignedByClient {
    const { keys, signer } = this.#groupOf(client);
    const key = client % KEYS_AT_A_TIME;
    const pubkey = keys.publicKeys[key] as string;
    const [tagText, contentText] = [JSON.stringify(tags), JSON.stringify(content)];
    const bytes = hash('sha256', `[0,"${pubkey}",${created_at},${kind},${tagText},${contentText}]`, 'binary');
    putHexOf(this.#hex, 0, bytes);
    signer.select(key, bytes.charCodeAt(0) % NONCES);
    signer.sign(this.#hex, ID_DIGITS, bytes);
    const id = this.#hex.toString('latin1', 0, ID_DIGITS);
    const sig = this.#hex.toString('latin1', ID_DIGITS);
    const fields = `"created_at":${created_at},"kind":${kind},"tags":${tagText},"content":${contentText}`;
    return { id, json: `{"id":"${id}","pubkey":"${pubkey}",${fields},"sig":"${sig}"}` };
  }

  #groupOf(client: number): { keys: ThrowawayKeys; signer: NonceTableSigner } {
    const group = Math.floor(client / KEYS_AT_A_TIME);
    const known = this.#groups.get(group);
    if (known !== undefined) return known;
    const keys = new ThrowawayKeys({ seed: this.#seed, label: `clients/${group}`, count: KEYS_AT_A_TIME });
    const made = { keys, signer: new NonceTableSigner(keys, this.#nonces) };
    this.#groups.set(group, made);
    return made;
  }
}
