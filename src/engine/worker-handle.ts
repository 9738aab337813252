import { type ChildProcess, fork } from 'node:child_process';
import type { FromWorker, ToWorker } from './messages.ts';

type MessageOf<T extends FromWorker['type']> = Extract<FromWorker, { type: T }>;

/** How a worker ended before it was done. */
export interface WorkerLoss {
  readonly index: number;
  readonly reason: string;
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

/** Start a worker: a process of its own, with its own descriptor limit and its own core. */
export function startWorker({ index, execArgv, onMessage }: StartWorkerOptions): WorkerHandle {
  const child: ChildProcess = fork(new URL('./worker-main.js', import.meta.url), [], {
    serialization: 'advanced',
    execArgv: [...execArgv],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const waiting = new Map<string, (message: FromWorker | null) => void>();
  let loss: WorkerLoss | null = null;
  let isDone = false;

  const lose = (reason: string): void => {
    if (isDone || loss !== null) return;
    loss = { index, reason };
    for (const resolve of waiting.values()) resolve(null);
    waiting.clear();
  };
  child.on('message', (message: FromWorker) => {
    try {
      onMessage(message);
    } finally {
      // Whatever became of the message, nobody waits for ever for it.
      if (message.type === 'done') isDone = true;
      if (message.type === 'failed') lose(message.message);
      waiting.get(message.type)?.(message);
      waiting.delete(message.type);
    }
  });
  const exited = new Promise<void>((resolve) => {
    child.on('exit', (code, signal) => {
      lose(`the process ended with ${signal ?? `exit code ${code}`}`);
      resolve();
    });
  });
  child.on('error', (error) => lose(error.message));

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
      await exited;
      clearTimeout(timer);
    },
  };
}
