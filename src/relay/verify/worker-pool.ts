import { Worker } from 'node:worker_threads';
import type { NostrEvent } from '../../nostr/event.ts';
import { packEntries, type VerifyReply, type VerifyRequest } from './batch.ts';
import type { Verdict, Verifier } from './verifier.ts';

/** What a pool is given. */
export interface WorkerPoolOptions {
  /** Threads; each verifies a few thousand signatures a second. */
  readonly workers: number;
  /** Most events that wait for a thread; more are answered `overloaded`. */
  readonly queueMax: number;
  /** Called once when a thread has died: the relay cannot go on. */
  readonly onFailure: (error: Error) => void;
}

/** One batch occupies a thread for about 15 ms at most. */
const BATCH_MAX = 64;
/** A second batch waits in the thread's mailbox, so that the thread does not idle for a round trip. */
const BATCHES_IN_FLIGHT = 2;

interface Job {
  readonly event: NostrEvent;
  readonly resolve: (verdict: Verdict) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  /** Batches that were sent and not answered, by number. */
  readonly inFlight: Map<number, readonly Job[]>;
}

function workerUrl(): URL {
  return new URL('./verify-worker.js', import.meta.url);
}

/** Verifies signatures in threads of its own, so that the event loop keeps its time for messages. */
export class WorkerPool implements Verifier {
  readonly #options: WorkerPoolOptions;
  readonly #threads: readonly Thread[];
  #queue: Job[] = [];
  #nextBatch = 0;
  #failure: Error | null = null;
  #closing = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#threads = Array.from({ length: options.workers }, () => this.#startThread());
  }

  get queueDepth(): number {
    return this.#queue.length;
  }

  verify(event: NostrEvent): Promise<Verdict> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    if (this.#queue.length >= this.#options.queueMax) return Promise.resolve('overloaded');
    return new Promise((resolve, reject) => {
      this.#queue.push({ event, resolve, reject });
      this.#dispatch();
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #startThread(): Thread {
    const worker = new Worker(workerUrl());
    const thread: Thread = { worker, inFlight: new Map() };
    worker.on('message', (reply: VerifyReply) => this.#settle(thread, reply));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', (code) => this.#fail(new Error(`a verifying thread ended with code ${code}`)));
    return thread;
  }

  /** Gives waiting events to the threads that have room. */
  #dispatch(): void {
    for (const thread of this.#threads) {
      if (this.#queue.length === 0) return;
      if (thread.inFlight.size < BATCHES_IN_FLIGHT) this.#send(thread);
    }
  }

  #send(thread: Thread): void {
    // What waits is shared among the mailboxes of all threads: batches grow with the queue, where answers
    // come late anyway and passing single messages would cost more than it gains.
    const share = Math.ceil(this.#queue.length / (this.#threads.length * BATCHES_IN_FLIGHT));
    const jobs = this.#queue.splice(0, Math.min(share, BATCH_MAX));
    const batch = this.#nextBatch++;
    thread.inFlight.set(batch, jobs);
    const request: VerifyRequest = { batch, entries: packEntries(jobs.map(({ event }) => event)) };
    thread.worker.postMessage(request, [request.entries.buffer]);
  }

  #settle(thread: Thread, { batch, results }: VerifyReply): void {
    const jobs = thread.inFlight.get(batch) ?? [];
    thread.inFlight.delete(batch);
    for (const [index, job] of jobs.entries()) job.resolve(results[index] === 1 ? 'valid' : 'invalid');
    this.#dispatch();
  }

  #fail(error: Error): void {
    if (this.#closing || this.#failure !== null) return;
    this.#failure = error;
    const jobs = [...this.#queue, ...this.#threads.flatMap(({ inFlight }) => [...inFlight.values()].flat())];
    this.#queue = [];
    for (const job of jobs) job.reject(error);
    this.#options.onFailure(error);
  }
}
