import { describe, expect, test } from 'vitest';
import { runInThreads } from '../../../../src/corpus/threads/ordered-threads.ts';

/** A thread that answers a number after so many milliseconds, fails at 666 and ends at 999. */
const program = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, workerData } from 'node:worker_threads';
    parentPort.on('message', (n) => {
      if (n === 666) throw new Error('a thread has failed');
      if (n === 999) process.exit(7);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, n % 10);
      parentPort.postMessage(workerData + n);
    });
  `)}`,
);

async function run(requests: Iterable<number>, threads: number): Promise<number[]> {
  const replies: number[] = [];
  const work = runInThreads<number, number>({ requests, threads, program, setup: 1_000 });
  for await (const reply of work) replies.push(reply);
  return replies;
}

const requests = Array.from({ length: 50 }, (_, i) => (i * 7) % 50);

describe('work in threads', () => {
  test.each([1, 3])('comes back in the order of the requests from %i threads', async (threads) => {
    expect(await run(requests, threads)).toEqual(requests.map((n) => 1_000 + n));
  });

  test('of no requests is nothing', async () => {
    expect(await run([], 2)).toEqual([]);
  });

  test.each([
    [666, 'a thread has failed'],
    [999, 'a thread ended with code 7'],
  ])('ends with the error of a thread (%i)', async (n, message) => {
    await expect(run([1, 2, n, ...requests], 2)).rejects.toThrow(message);
  });

  test('takes no more requests than are under way', async () => {
    let taken = 0;
    function* endless(): Generator<number> {
      for (;;) yield taken++;
    }
    const work = runInThreads<number, number>({ requests: endless(), threads: 2, program, setup: 0 });
    for await (const reply of work) {
      expect(taken - reply).toBeLessThanOrEqual(4);
      if (reply === 20) break;
    }
  });
});
