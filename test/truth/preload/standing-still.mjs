// Loaded into a generator process: stops its event loop for 400 ms in every second, as a machine that swaps would.

import { isMainThread } from 'node:worker_threads';

function block(ms) {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

if (isMainThread) setInterval(() => block(400), 1_000).unref();
