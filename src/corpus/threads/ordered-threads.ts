import { parentPort, Worker } from 'node:worker_threads';
import { onThreadLoss } from '../../base/ends.ts';

export interface OrderedWork<Request> {
  readonly requests: Iterable<Request> | AsyncIterable<Request>;
  /** At least 1. */
  readonly threads: number;
  /** A program that calls `serveRequests`. */
  readonly program: URL;
  /** Handed to each thread at its start. */
  readonly setup: unknown;
}

/** Of a thread's heap: what the threads here make lives for a moment, so that more would only be kept for nothing. */
const YOUNG_GENERATION_MB = 8;

/** A second request waits in the thread's mailbox, so that it does not idle while its reply is written. */
const REQUESTS_PER_THREAD = 2;

interface Job<Reply> {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

interface Thread<Reply> {
  readonly handle: Worker;
  /** Requests that are not answered, in order. */
  readonly jobs: Job<Reply>[];
  failure: Error | null;
}

/**
 * Carries requests out in threads and yields the replies in the order of the requests, whichever thread was faster.
 * Takes the next request only when there is room, so that memory is bounded by the requests under way. Threads end
 * with the generator, however it ends. p-limit would bound the threads' work, but neither keep the order nor stop
 * reading: everything would be in memory at once.
 * @throws the error of a thread that fails
 */
export async function* runInThreads<Request, Reply>(work: OrderedWork<Request>): AsyncGenerator<Reply> {
  const threads = Array.from({ length: work.threads }, () => startThread<Reply>(work));
  const waiting: Promise<Reply>[] = [];
  try {
    for await (const request of work.requests) {
      waiting.push(send(threads, request));
      if (waiting.length >= threads.length * REQUESTS_PER_THREAD)
        yield await (waiting.shift() as Promise<Reply>);
    }
    for (const reply of waiting) yield await reply;
  } finally {
    await Promise.all(threads.map(({ handle }) => handle.terminate()));
  }
}

function startThread<Reply>({ program, setup }: OrderedWork<unknown>): Thread<Reply> {
  const handle = new Worker(program, {
    workerData: setup,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
  const thread: Thread<Reply> = { handle, jobs: [], failure: null };
  handle.on('message', (reply: Reply) => thread.jobs.shift()?.resolve(reply));
  onThreadLoss(handle, (error) => {
    thread.failure = error;
    for (const job of thread.jobs.splice(0)) job.reject(error);
  });
  return thread;
}

/** Gives a request to the thread with the fewest. */
function send<Reply>(threads: readonly Thread<Reply>[], request: unknown): Promise<Reply> {
  const thread = threads.reduce((idlest, other) => (other.jobs.length < idlest.jobs.length ? other : idlest));
  if (thread.failure !== null) throw thread.failure;
  const reply = new Promise<Reply>((resolve, reject) => {
    thread.jobs.push({ resolve, reject });
    thread.handle.postMessage(request);
  });
  // Whoever awaits an earlier reply gets the error first; until then this one must not count as unhandled.
  reply.catch(() => undefined);
  return reply;
}

/** Answers the requests of `runInThreads` one after the other, in the thread that this is called in. */
export function serveRequests<Request, Reply>(
  answer: (request: Request) => { readonly reply: Reply; readonly transfer: readonly ArrayBuffer[] },
): void {
  parentPort?.on('message', (request: Request) => {
    const { reply, transfer } = answer(request);
    parentPort?.postMessage(reply, [...transfer]);
  });
}
