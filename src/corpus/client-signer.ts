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

/** The throwaway keys of clients: each has one of its own, the same for each seed. They are made as they are needed. */
export class ClientKeys {
  readonly #seed: number;
  readonly #groups = new Map<number, ThrowawayKeys>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** X-only public key, hex. @param client number of the client in the run, from 0 */
  publicKeyOf(client: number): string {
    return this.groupOf(client).publicKeys[client % KEYS_AT_A_TIME] as string;
  }

  /** The keys of a client and its neighbours. */
  groupOf(client: number): ThrowawayKeys {
    const group = Math.floor(client / KEYS_AT_A_TIME);
    const known = this.#groups.get(group);
    if (known !== undefined) return known;
    const keys = new ThrowawayKeys({
      seed: this.#seed,
      label: `clients/${group}`,
      count: KEYS_AT_A_TIME,
    });
    this.#groups.set(group, keys);
    return keys;
  }
}

/** Signs what clients say of themselves, with the key of each. */
export class ClientSigner {
  readonly #keys: ClientKeys;
  readonly #nonces: NonceTable;
  readonly #signers = new Map<ThrowawayKeys, NonceTableSigner>();
  readonly #hex = Buffer.alloc(ID_DIGITS + SIGNATURE_DIGITS);

  constructor(seed: number) {
    this.#keys = new ClientKeys(seed);
    this.#nonces = new NonceTable(seed, NONCES);
  }

  /** @param client number of the client in the run, from 0 */
  sign(client: number, { kind, created_at, tags, content }: UnsignedAuth): SignedByClient {
    const signer = this.#signerOf(this.#keys.groupOf(client));
    const key = client % KEYS_AT_A_TIME;
    const pubkey = this.#keys.publicKeyOf(client);
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

  #signerOf(keys: ThrowawayKeys): NonceTableSigner {
    const known = this.#signers.get(keys);
    if (known !== undefined) return known;
    const signer = new NonceTableSigner(keys, this.#nonces);
    this.#signers.set(keys, signer);
    return signer;
  }
}
