import { workerData } from 'node:worker_threads';
import type { VerifierChoice } from '../../base/verifier-choice.ts';
import { openVerifier } from '../../nostr/verifier.ts';
import { memoryOf } from '../chunk.ts';
import type { LineBlock } from '../files/line-blocks.ts';
import { serveRequests } from '../threads/ordered-threads.ts';
import { checkLines } from './check-lines.ts';

const { verifies } = openVerifier(workerData as VerifierChoice);

serveRequests((block: LineBlock) => {
  const reply = checkLines(block, verifies);
  return { reply, transfer: memoryOf(reply.chunk) };
});
