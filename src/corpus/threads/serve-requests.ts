import { parentPort } from 'node:worker_threads';

/** Answers the requests of `runInThreads` one after the other, in the thread that this is called in. */
export function serveRequests<Request, Reply>(
  answer: (request: Request) => { readonly reply: Reply; readonly transfer: readonly ArrayBuffer[] },
): void {
  parentPort?.on('message', (request: Request) => {
    const { reply, transfer } = answer(request);
    parentPort?.postMessage(reply, [...transfer]);
  });
}
