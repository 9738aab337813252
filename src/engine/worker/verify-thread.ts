/** Verifies received events away from the thread that keeps time: a signature takes 0.2 ms. */
import { parentPort } from 'node:worker_threads';
import * as secp256k1 from 'tiny-secp256k1';
import { checkEventShape, idForm } from '../../nostr/event.ts';
import type { Verified } from './verifier.ts';

parentPort?.on('message', (message: Uint8Array) => parentPort?.postMessage(verified(message)));

/** Whether the event of this message, or this event, is well-formed and its id and signature are right (NIP-01). */
function verified(message: Uint8Array): Verified {
  const { event } = checkEventShape(eventIn(Buffer.from(message).toString('utf8')));
  const form = event === undefined ? null : idForm(event);
  if (event === undefined || form === null) return 'invalid';
  const [id, publicKey, signature] = [event.id, event.pubkey, event.sig].map((hex) =>
    Buffer.from(hex, 'hex'),
  );
  const isSigned = secp256k1.verifySchnorr(id as Buffer, publicKey as Buffer, signature as Buffer);
  if (!isSigned) return 'invalid';
  return form === 'verbatim' ? 'valid-verbatim' : 'valid';
}

function eventIn(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value[2] : value;
  } catch {
    return null;
  }
}
