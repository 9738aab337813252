/** Entry of a worker process: turns control messages into calls of the worker. */
import { messageOf } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { Worker } from './worker/worker.ts';

let worker: Worker | null = null;

function send(message: FromWorker): void {
  process.send?.(message);
}

async function handle(message: ToWorker): Promise<void> {
  switch (message.type) {
    case 'init':
      worker = new Worker({ ...message, send });
      send({ type: 'ready' });
      return;
    case 'connect':
      await worker?.connect(message.startNs);
      return;
    case 'prepare':
      await worker?.prepare(message.startWallMs);
      return;
    case 'go':
      await worker?.run(message);
      process.disconnect?.();
      return;
    case 'stop':
      worker?.stop();
      return;
    default:
      message satisfies never;
  }
}

function failed(error: unknown): FromWorker {
  return {
    type: 'failed',
    message: error instanceof Error ? (error.stack ?? error.message) : messageOf(error),
  };
}

process.on('message', (message: ToWorker) => {
  handle(message).catch((error: unknown) => send(failed(error)));
});
// What nobody has caught is told before this process ends, so that the record can say it.
process.on('uncaughtException', (error) => {
  if (process.connected) process.send?.(failed(error), () => process.exit(EXIT.internal));
  else process.exit(EXIT.internal);
});
// The coordinator is gone: nobody wants this load any more.
process.on('disconnect', () => process.exit());
// A signal may be sent to the whole group (a terminal, a service manager, CI); the coordinator decides what happens.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
