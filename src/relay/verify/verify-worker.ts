import { parentPort, workerData } from 'node:worker_threads';
import type { VerifierKind } from '../../base/verifier-choice.ts';
import { openVerifier } from '../../nostr/verifier.ts';
import { ENTRY_BYTES, type VerifyReply, type VerifyRequest } from './batch.ts';

const { verifies } = openVerifier(workerData as VerifierKind);

function isValid(entry: Uint8Array): boolean {
  return verifies(entry.subarray(0, 32), entry.subarray(32, 64), entry.subarray(64, ENTRY_BYTES));
}

parentPort?.on('message', ({ batch, entries }: VerifyRequest) => {
  const results = new Uint8Array(entries.length / ENTRY_BYTES);
  for (let i = 0; i < results.length; i++) {
    results[i] = isValid(entries.subarray(i * ENTRY_BYTES, (i + 1) * ENTRY_BYTES)) ? 1 : 0;
  }
  const reply: VerifyReply = { batch, results };
  parentPort?.postMessage(reply, [results.buffer]);
});
