import type { NostrEvent } from '../../nostr/event.ts';

/** Bytes of one signature to verify: id 32, public key 32, signature 64. */
export const ENTRY_BYTES = 128;

/** A batch on its way to a verifying thread; `entries` is transferred, not copied. */
export interface VerifyRequest {
  readonly batch: number;
  readonly entries: Uint8Array<ArrayBuffer>;
}

/** The answer: one byte an entry, 1 where the signature is valid. */
export interface VerifyReply {
  readonly batch: number;
  readonly results: Uint8Array<ArrayBuffer>;
}

/** Packs what verification needs of events whose hex fields have been checked. */
export function packEntries(
  events: readonly Pick<NostrEvent, 'id' | 'pubkey' | 'sig'>[],
): VerifyRequest['entries'] {
  const bytes = Buffer.from(new ArrayBuffer(events.length * ENTRY_BYTES));
  for (const [index, event] of events.entries()) {
    const offset = index * ENTRY_BYTES;
    bytes.write(event.id, offset, 'hex');
    bytes.write(event.pubkey, offset + 32, 'hex');
    bytes.write(event.sig, offset + 64, 'hex');
  }
  return bytes;
}
