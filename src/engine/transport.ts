import type { RelayBenchError } from '../base/errors.ts';
import type { FromWorker, ToWorker } from './messages.ts';

export type MessageOf<T extends FromWorker['type']> = Extract<FromWorker, { type: T }>;

/** How a worker ended before it was done. */
export interface WorkerLoss {
  readonly index: number;
  readonly reason: string;
  /** False where its process could not even be started. */
  readonly wasStarted: boolean;
  /** What the run ends with where this happens before the load; left out, the coordinator says it. */
  readonly error?: RelayBenchError;
}

/** A worker as the coordinator sees it, wherever it runs. What is sent before it is there waits for it. */
export interface WorkerHandle {
  readonly index: number;
  /** Of a process on this machine; 0 where there is none. */
  readonly pid: number;
  send(message: ToWorker): void;
  /** The next message of this type; null where the worker is lost before it sends one. */
  next<T extends FromWorker['type']>(type: T): Promise<MessageOf<T> | null>;
  /** Final: what a lost worker sends is not heard any more. */
  readonly loss: WorkerLoss | null;
  /** Wait until the worker has ended by itself, at most `graceMs` and only where it was done; then end it. */
  end(graceMs: number): Promise<void>;
}

export interface StartWorker {
  readonly index: number;
  readonly onMessage: (message: FromWorker) => void;
  /** Told once, where the worker is lost. */
  readonly onLoss?: (loss: WorkerLoss) => void;
}

/** Carries the control messages between a run and its workers. */
export interface Transport {
  /** Whether the workers run on this machine. */
  readonly isHere: boolean;
  /** Milliseconds that a message may take to reach every worker: what is to happen at once is set so far ahead. */
  readonly leadMs: number;
  start(worker: StartWorker): WorkerHandle;
}
