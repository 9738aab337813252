/** Entry of a worker process: turns control messages into calls of the worker. */
import { messageOf } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { withoutIdleCollections } from '../base/idle-collections.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { Silence } from './silence.ts';
import { Worker } from './worker/worker.ts';

withoutIdleCollections();

let worker: Worker | null = null;
let silence: Silence | null = null;

function send(message: FromWorker): void {
  process.send?.(message);
}

async function handle(message: ToWorker): Promise<void> {
  switch (message.type) {
    case 'init':
      worker = new Worker({ ...message, send });
      silence = watchSilence(message.silenceMs);
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
      silence?.stop();
      process.disconnect?.();
      return;
    case 'alive':
      return;
    case 'stop':
      worker?.stop();
      return;
    default:
      message satisfies never;
  }
}

/** The dead-man switch: whoever wanted this load may be gone, or behind a network that is. */
function watchSilence(silenceMs: number | undefined): Silence | null {
  if (silenceMs === undefined) return null;
  return new Silence({
    longestMs: silenceMs,
    onSilence: () => die(`nothing was heard of the coordinator for ${silenceMs / 1_000} s`),
  });
}

/** What has ended this process is told before it ends, so that the record can say it. */
function die(error: unknown): void {
  if (process.connected) process.send?.(failed(error), () => process.exit(EXIT.internal));
  else process.exit(EXIT.internal);
}

function failed(error: unknown): FromWorker {
  return {
    type: 'failed',
    message: error instanceof Error ? (error.stack ?? error.message) : messageOf(error),
  };
}

process.on('message', (message: ToWorker) => {
  silence?.heard();
  handle(message).catch((error: unknown) => send(failed(error)));
});
process.on('uncaughtException', die);
// The coordinator is gone: nobody wants this load any more.
process.on('disconnect', () => process.exit());
// A signal may be sent to the whole group (a terminal, a service manager, CI); the coordinator decides what happens.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
