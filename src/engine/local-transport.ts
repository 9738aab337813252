import { type ChildProcess, fork } from 'node:child_process';
import { endOfProcess } from '../base/ends.ts';
import { messageOf } from '../base/errors.ts';
import type { FromWorker } from './messages.ts';
import type { StartWorker, Transport, WorkerHandle } from './transport.ts';
import { WorkerMail } from './worker-mail.ts';

/** Time for a message to reach every process of this machine. */
const LEAD_MS = 250;

export interface LocalTransportOptions {
  /** Arguments for the Node.js of each worker, such as `--cpu-prof`; default none. */
  readonly execArgv?: readonly string[];
  /** The program of a worker; tests pass another one. */
  readonly program?: URL;
}

/** Workers as processes of this machine, each with its own descriptor limit and its own core. */
export class LocalTransport implements Transport {
  readonly isHere = true;
  readonly leadMs = LEAD_MS;
  readonly #execArgv: readonly string[];
  readonly #program: URL;

  constructor({
    execArgv = [],
    program = new URL('./worker-main.js', import.meta.url),
  }: LocalTransportOptions = {}) {
    this.#execArgv = execArgv;
    this.#program = program;
  }

  /** One that can't be started is a lost worker. */
  start(worker: StartWorker): WorkerHandle {
    try {
      return followWorker(this.#fork(), worker);
    } catch (error) {
      // Some errors of `fork` are thrown, others are events; both leave no process.
      return neverStarted(worker, messageOf(error));
    }
  }

  #fork(): ChildProcess {
    return fork(this.#program, [], {
      serialization: 'advanced',
      execArgv: [...this.#execArgv],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }
}

function neverStarted({ index, onLoss }: StartWorker, reason: string): WorkerHandle {
  const loss = { index, reason, wasStarted: false };
  // Who has asked for it must have its handle first.
  queueMicrotask(() => onLoss?.(loss));
  return {
    index,
    pid: 0,
    send: () => undefined,
    next: async () => null,
    loss,
    end: async () => undefined,
  };
}

function followWorker(child: ChildProcess, worker: StartWorker): WorkerHandle {
  const mail = new WorkerMail(worker);
  const lose = (reason: string): void => mail.lose({ reason, wasStarted: child.pid !== undefined });
  child.on('message', (message: FromWorker) => mail.receive(message));
  child.on('error', (error) => lose(error.message));
  const ended = endOfProcess(child).then((end) => lose(`the process ended with ${end}`));
  return {
    index: worker.index,
    pid: child.pid ?? 0,
    send: (message) => {
      if (child.connected) child.send(message);
    },
    next: (type) => mail.next(type),
    get loss() {
      return mail.loss;
    },
    end: async (graceMs) => {
      const wasDone = mail.isDone;
      mail.dismiss();
      const timer = setTimeout(() => child.kill('SIGKILL'), wasDone ? graceMs : 0);
      await ended;
      clearTimeout(timer);
    },
  };
}
