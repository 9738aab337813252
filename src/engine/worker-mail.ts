import type { FromWorker } from './messages.ts';
import type { MessageOf, StartWorker, WorkerLoss } from './transport.ts';

/** What came of one worker, who waits for what, and whether it is lost: the same for every transport. */
export class WorkerMail {
  readonly #worker: StartWorker;
  readonly #waiting = new Map<string, (message: FromWorker | null) => void>();
  #loss: WorkerLoss | null = null;
  #isDone = false;

  constructor(worker: StartWorker) {
    this.#worker = worker;
  }

  get loss(): WorkerLoss | null {
    return this.#loss;
  }

  /** Whether nothing is expected of it any more. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Of a worker that is to end now: how it ends is no loss. */
  dismiss(): void {
    this.#isDone = true;
    this.#answerAll();
  }

  receive(message: FromWorker): void {
    if (this.#loss !== null) return;
    try {
      this.#worker.onMessage(message);
    } finally {
      // Whatever became of the message, nobody waits for ever for it.
      if (message.type === 'done') this.#isDone = true;
      this.#waiting.get(message.type)?.(message);
      this.#waiting.delete(message.type);
      if (message.type === 'failed') this.lose({ reason: message.message, wasStarted: true });
    }
  }

  lose(how: Omit<WorkerLoss, 'index'>): void {
    const isNew = !this.#isDone && this.#loss === null;
    if (isNew) this.#loss = { index: this.#worker.index, ...how };
    this.#answerAll();
    if (isNew && this.#loss !== null) this.#worker.onLoss?.(this.#loss);
  }

  next<T extends FromWorker['type']>(type: T): Promise<MessageOf<T> | null> {
    return new Promise((resolve) => {
      if (this.#loss !== null) resolve(null);
      else this.#waiting.set(type, (message) => resolve(message as MessageOf<T> | null));
    });
  }

  #answerAll(): void {
    for (const resolve of this.#waiting.values()) resolve(null);
    this.#waiting.clear();
  }
}
