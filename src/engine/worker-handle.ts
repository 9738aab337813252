import { type ChildProcess, fork } from 'node:child_process';
import { endOfProcess } from '../base/ends.ts';
import { messageOf } from '../base/errors.ts';
import type { FromWorker, ToWorker } from './messages.ts';

type MessageOf<T extends FromWorker['type']> = Extract<FromWorker, { type: T }>;

/** How a worker ended before it was done. */
export interface WorkerLoss {
  readonly index: number;
  readonly reason: string;
  /** False where its process could not even be started. */
  readonly wasStarted: boolean;
}

/** A worker process as the coordinator sees it. */
export interface WorkerHandle {
  readonly index: number;
  readonly pid: number;
  send(message: ToWorker): void;
  /** The next message of this type; null where the worker is lost before it sends one. */
  next<T extends FromWorker['type']>(type: T): Promise<MessageOf<T> | null>;
  readonly loss: WorkerLoss | null;
  /** Wait until the process has ended by itself, at most `graceMs`; then end it. */
  end(graceMs: number): Promise<void>;
}

export interface StartWorkerOptions {
  readonly index: number;
  /** Arguments for the worker's Node.js, such as `--cpu-prof`. */
  readonly execArgv: readonly string[];
  readonly onMessage: (message: FromWorker) => void;
}

/**
 * Start a worker: a process of its own, with its own descriptor limit and its own core. One that can't be started is a
 * lost worker.
 */
export function startWorker(options: StartWorkerOptions): WorkerHandle {
  try {
    return followWorker(forkWorker(options.execArgv), options);
  } catch (error) {
    // Some errors of `fork` are thrown, others are events; both leave no process.
    return neverStarted(options.index, messageOf(error));
  }
}

function forkWorker(execArgv: readonly string[]): ChildProcess {
  return fork(new URL('./worker-main.js', import.meta.url), [], {
    serialization: 'advanced',
    execArgv: [...execArgv],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
}

function neverStarted(index: number, reason: string): WorkerHandle {
  return {
    index,
    pid: 0,
    send: () => undefined,
    next: async () => null,
    loss: { index, reason, wasStarted: false },
    end: async () => undefined,
  };
}

function followWorker(child: ChildProcess, { index, onMessage }: StartWorkerOptions): WorkerHandle {
  const waiting = new Map<string, (message: FromWorker | null) => void>();
  let loss: WorkerLoss | null = null;
  let isDone = false;

  const lose = (reason: string): void => {
    if (!isDone) loss ??= { index, reason, wasStarted: child.pid !== undefined };
    for (const resolve of waiting.values()) resolve(null);
    waiting.clear();
  };
  child.on('message', (message: FromWorker) => {
    try {
      onMessage(message);
    } finally {
      // Whatever became of the message, nobody waits for ever for it.
      if (message.type === 'done') isDone = true;
      waiting.get(message.type)?.(message);
      waiting.delete(message.type);
      if (message.type === 'failed') lose(message.message);
    }
  });
  child.on('error', (error) => lose(error.message));
  const ended = endOfProcess(child).then((end) => lose(`the process ended with ${end}`));

  return {
    index,
    pid: child.pid ?? 0,
    send: (message) => {
      if (child.connected) child.send(message);
    },
    next: (type) =>
      new Promise((resolve) => {
        if (loss !== null) resolve(null);
        else waiting.set(type, (message) => resolve(message as MessageOf<typeof type> | null));
      }),
    get loss() {
      return loss;
    },
    end: async (graceMs) => {
      const wasDone = isDone;
      isDone = true;
      const timer = setTimeout(() => child.kill('SIGKILL'), wasDone ? graceMs : 0);
      await ended;
      clearTimeout(timer);
    },
  };
}
