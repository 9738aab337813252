import { workerData } from 'node:worker_threads';
import { memoryOf } from '../chunk.ts';
import type { CorpusSpec } from '../spec.ts';
import { serveRequests } from '../threads/ordered-threads.ts';
import { EventSource } from './event-source.ts';
import { type ChunkRequest, generateChunk } from './generate-chunk.ts';

const source = new EventSource(workerData as CorpusSpec);

serveRequests((request: ChunkRequest) => {
  const reply = generateChunk(source, request);
  return { reply, transfer: memoryOf(reply) };
});
