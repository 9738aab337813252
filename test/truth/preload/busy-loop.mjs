// Loaded into a generator process: blocks its event loop for 50 of every 100 ms, as a neighbour on the same core
// or a too small machine would.

import { isMainThread } from 'node:worker_threads';

function block(ms) {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

if (isMainThread) setInterval(() => block(50), 100).unref();
