import { Worker } from 'node:worker_threads';
import type { VerifierKind } from '../../base/verifier-choice.ts';
import type { NostrEvent } from '../../nostr/event.ts';
import { packEntries, type VerifyReply, type VerifyRequest } from './batch.ts';
import { FairQueue } from './fair-queue.ts';
import { placesOf } from './places.ts';
import type { Sender } from './sender.ts';
import type { Verdict, Verifier } from './verifier.ts';

/** What a pool is given. */
export interface WorkerPoolOptions {
  /** What the threads verify with; one that can't ends, and the relay with it. */
  readonly kind: VerifierKind;
  /** Threads; each verifies a few thousand signatures a second, natively several times as many. */
  readonly workers: number;
  /** Most events that wait for a thread, a large one counts for several; more are answered `overloaded`. */
  readonly queueMax: number;
  /** Called once when a thread has died: the relay cannot go on. */
  readonly onFailure: (error: Error) => void;
}

/** One batch occupies a thread for about 15 ms at most. */
const BATCH_MAX = 64;
/** A second batch waits in the thread's mailbox, so that the thread does not idle for a round trip. */
const BATCHES_IN_FLIGHT = 2;

/** Of each batch so many places are for senders of invalid signatures, where others wait too. */
const DOUBTFUL_PLACES = 1;

interface Job {
  readonly event: NostrEvent;
  readonly sender: Sender;
  readonly places: number;
  readonly resolve: (verdict: Verdict) => void;
  readonly reject: (error: Error) => void;
}

function newQueue(): FairQueue<Job> {
  return new FairQueue((job) => job.places);
}

interface Thread {
  readonly worker: Worker;
  /** Batches that were sent and not answered, by number. */
  readonly inFlight: Map<number, readonly Job[]>;
}

function workerUrl(): URL {
  return new URL('./verify-worker.js', import.meta.url);
}

/**
 * Verifies signatures in threads of its own, so that the event loop keeps its time for messages. Senders have their turns:
 * one that sends thousands of events delays those of another by one of its own.
 */
export class WorkerPool implements Verifier {
  readonly #options: WorkerPoolOptions;
  readonly #threads: readonly Thread[];
  readonly #queue = newQueue();
  /** Jobs of senders of invalid signatures. */
  readonly #doubtful = newQueue();
  #nextBatch = 0;
  #failure: Error | null = null;
  #closing = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#threads = Array.from({ length: options.workers }, () => this.#startThread());
  }

  get queueDepth(): number {
    return this.#queue.items + this.#doubtful.items;
  }

  get #takenPlaces(): number {
    return this.#queue.size + this.#doubtful.size;
  }

  verify(event: NostrEvent, sender: Sender): Promise<Verdict> {
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const queue = sender.isDoubtful ? this.#doubtful : this.#queue;
    const places = placesOf(event);
    while (this.#takenPlaces > 0 && this.#takenPlaces + places > this.#options.queueMax) {
      if (!this.#makeRoom(queue, sender)) return Promise.resolve('overloaded');
    }
    return new Promise((resolve, reject) => {
      sender.wait(places);
      queue.push(sender, { event, sender, places, resolve, reject });
      this.#dispatch();
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #startThread(): Thread {
    const worker = new Worker(workerUrl(), { workerData: this.#options.kind });
    const thread: Thread = { worker, inFlight: new Map() };
    worker.on('message', (reply: VerifyReply) => this.#settle(thread, reply));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', (code) => this.#fail(new Error(`a verifying thread ended with code ${code}`)));
    return thread;
  }

  /** Gives waiting events to the threads that have room. */
  #dispatch(): void {
    for (const thread of this.#threads) {
      if (this.queueDepth === 0) return;
      if (thread.inFlight.size < BATCHES_IN_FLIGHT) this.#send(thread);
    }
  }

  #send(thread: Thread): void {
    // What waits is shared among the mailboxes of all threads: batches grow with the queue, where answers
    // come late anyway and passing single messages would cost more than it gains.
    const share = Math.ceil(this.queueDepth / (this.#threads.length * BATCHES_IN_FLIGHT));
    const jobs = this.#take(Math.min(share, BATCH_MAX));
    const batch = this.#nextBatch++;
    thread.inFlight.set(batch, jobs);
    const request: VerifyRequest = { batch, entries: packEntries(jobs.map(({ event }) => event)) };
    thread.worker.postMessage(request, [request.entries.buffer]);
  }

  #take(count: number): readonly Job[] {
    const jobs: Job[] = [];
    const take = (queue: FairQueue<Job>, most: number): void => {
      for (let job = jobs.length < most ? queue.shift() : undefined; job !== undefined; ) {
        jobs.push(job);
        job = jobs.length < most ? queue.shift() : undefined;
      }
    };
    take(this.#doubtful, Math.min(count, DOUBTFUL_PLACES));
    take(this.#queue, count);
    take(this.#doubtful, count);
    return jobs;
  }

  /** Gives up an event of a sender that has more than its share of the queue, those of doubtful senders first. */
  #makeRoom(queue: FairQueue<Job>, sender: Sender): boolean {
    const isOther = queue === this.#queue && this.#doubtful.size > 0;
    const given = isOther ? this.#doubtful.shift() : queue.makeRoom(sender);
    if (given === undefined) return false;
    given.sender.settle(given.places);
    given.resolve('overloaded');
    return true;
  }

  #settle(thread: Thread, { batch, results }: VerifyReply): void {
    const jobs = thread.inFlight.get(batch) ?? [];
    thread.inFlight.delete(batch);
    for (const [index, job] of jobs.entries()) {
      const isValid = results[index] === 1;
      job.sender.verified(isValid);
      job.sender.settle(job.places);
      job.resolve(isValid ? 'valid' : 'invalid');
    }
    this.#dispatch();
  }

  #fail(error: Error): void {
    if (this.#closing || this.#failure !== null) return;
    this.#failure = error;
    const inFlight = this.#threads.flatMap((thread) => [...thread.inFlight.values()].flat());
    const jobs = [...this.#queue.takeAll(), ...this.#doubtful.takeAll(), ...inFlight];
    for (const job of jobs) job.reject(error);
    this.#options.onFailure(error);
  }
}
