import { parentPort } from 'node:worker_threads';
import { verifySchnorr } from 'tiny-secp256k1';
import { ENTRY_BYTES, type VerifyReply, type VerifyRequest } from './batch.ts';

/** BIP-340 verification; the library throws where the public key is no point of the curve. */
function isValid(entry: Uint8Array): boolean {
  try {
    return verifySchnorr(entry.subarray(0, 32), entry.subarray(32, 64), entry.subarray(64, ENTRY_BYTES));
  } catch {
    return false;
  }
}

parentPort?.on('message', ({ batch, entries }: VerifyRequest) => {
  const results = new Uint8Array(entries.length / ENTRY_BYTES);
  for (let i = 0; i < results.length; i++) {
    results[i] = isValid(entries.subarray(i * ENTRY_BYTES, (i + 1) * ENTRY_BYTES)) ? 1 : 0;
  }
  const reply: VerifyReply = { batch, results };
  parentPort?.postMessage(reply, [results.buffer]);
});
