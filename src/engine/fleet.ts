import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import type { ConnectionCounts, FromWorker, ToWorker } from './messages.ts';
import type { MessageOf, Transport, WorkerHandle, WorkerLoss } from './transport.ts';

type MessageType = FromWorker['type'];

/** For closing thousands of connections properly. */
const END_GRACE_MS = 5_000;

export interface FleetOptions {
  readonly count: number;
  readonly transport: Transport;
  readonly onMessage: (worker: number, message: FromWorker) => void;
  readonly onLoss?: (loss: WorkerLoss) => void;
}

/** All workers of a run, spoken to as one. */
export class Fleet {
  readonly #workers: readonly WorkerHandle[];

  constructor({ count, transport, onMessage, onLoss = () => undefined }: FleetOptions) {
    this.#workers = Array.from({ length: count }, (_, index) =>
      transport.start({ index, onMessage: (message) => onMessage(index, message), onLoss }),
    );
  }

  /** Of the workers that could be started on this machine, in their order. */
  get pids(): readonly number[] {
    return this.#workers.map((worker) => worker.pid).filter((pid) => pid > 0);
  }

  /** Numbers of the workers that are not lost. */
  get live(): readonly number[] {
    return this.#workers.filter((worker) => worker.loss === null).map((worker) => worker.index);
  }

  get losses(): readonly WorkerLoss[] {
    return this.#workers.flatMap((worker) => (worker.loss === null ? [] : [worker.loss]));
  }

  send(message: ToWorker): void {
    for (const worker of this.#workers) worker.send(message);
  }

  /** Send to each worker what `messageFor` says. */
  sendEach(messageFor: (worker: number) => ToWorker): void {
    for (const worker of this.#workers) worker.send(messageFor(worker.index));
  }

  /** The next message of this type from every live worker. */
  async all<T extends MessageType>(type: T): Promise<readonly MessageOf<T>[]> {
    const answers = await Promise.all(this.#workers.map((worker) => worker.next(type)));
    return answers.filter((answer) => answer !== null);
  }

  /** As {@link all}, but a lost worker ends the run: nothing has been measured yet. @throws RelayBenchError */
  async allOrFail<T extends MessageType>(type: T): Promise<readonly MessageOf<T>[]> {
    const answers = await this.all(type);
    const loss = this.losses[0];
    if (loss === undefined) return answers;
    throw loss.error ?? (loss.wasStarted ? failedEarly(loss) : notStarted(loss));
  }

  /** End every process: those that are done by themselves, the others at once. */
  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end(END_GRACE_MS)));
  }
}

function failedEarly({ index, reason }: WorkerLoss): RelayBenchError {
  return new RelayBenchError(`worker ${index} failed before the load started: ${reason}`, {
    code: 'WORKER_FAILED',
    exitCode: EXIT.internal,
  });
}

/** No bug: the machine refused a process. */
function notStarted({ index, reason }: WorkerLoss): RelayBenchError {
  return new RelayBenchError(`worker ${index} could not be started: ${reason}`, {
    code: 'WORKER_NOT_STARTED',
    hint: 'free memory and processes of this machine (`ulimit -u`), or use fewer --workers',
    exitCode: EXIT.invalidRun,
  });
}

/** Connections of all workers together. */
export function sumConnections(counts: readonly ConnectionCounts[]): ConnectionCounts {
  const sum = (key: 'opened' | 'failed' | 'dropped' | 'open'): number =>
    counts.reduce((total, each) => total + each[key], 0);
  return {
    opened: sum('opened'),
    failed: sum('failed'),
    dropped: sum('dropped'),
    open: sum('open'),
    firstDropNs: extreme(
      Math.min,
      counts.map(({ firstDropNs }) => firstDropNs),
    ),
    lastDropNs: extreme(
      Math.max,
      counts.map(({ lastDropNs }) => lastDropNs),
    ),
  };
}

function extreme(of: (...values: number[]) => number, values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : of(...known);
}
