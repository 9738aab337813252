import { memoryOf } from '../chunk.ts';
import type { LineBlock } from '../files/line-blocks.ts';
import { serveRequests } from '../threads/ordered-threads.ts';
import { checkLines } from './check-lines.ts';

serveRequests((block: LineBlock) => {
  const reply = checkLines(block);
  return { reply, transfer: memoryOf(reply.chunk) };
});
