import { Worker } from 'node:worker_threads';
import type { AnswerFault } from '../../corpus/index/check-answer.ts';
import type { CorpusPools } from '../../corpus/index/corpus-index.ts';
import type { SampledAnswer } from '../../workload/answer-samples.ts';
import type { AnswerSetup, FromAnswerThread, ToAnswerThread } from './answer-protocol.ts';
import { UnderWay } from './under-way.ts';

/** Answers under way to the thread; what comes faster than it can check is not checked. */
const MOST_WAITING = 64;
const END_TIMEOUT_MS = 5_000;

/** Told the outcome of each check: the phase of its query, and what is wrong. */
export type OnChecked = (phase: number, fault: AnswerFault | null) => void;

/** Checks answers to queries on a thread of its own, at a bounded cost. */
export class AnswerChecker {
  readonly #thread: Worker;
  readonly #onChecked: OnChecked;
  readonly #ready: Promise<CorpusPools>;
  readonly #underWay = new UnderWay(MOST_WAITING);

  /** @param onFailure the thread has failed, for example because the corpus can't be read */
  constructor(setup: AnswerSetup, onChecked: OnChecked, onFailure: (error: unknown) => void) {
    this.#onChecked = onChecked;
    this.#thread = new Worker(new URL('./answer-thread.js', import.meta.url), { workerData: setup });
    this.#ready = new Promise((resolve, reject) => {
      this.#thread.on('error', (error) => {
        reject(error);
        onFailure(error);
      });
      this.#thread.on('message', (message: FromAnswerThread) => {
        if (message.type === 'ready') resolve(message.pools);
        else this.#checked(message.phase, message.fault);
      });
    });
    // The failure is told above; whoever waits gets it as well, and nobody may be waiting yet.
    this.#ready.catch(() => undefined);
  }

  /** Wait until the thread knows the corpus: 20 µs an event. @returns values to draw filters from */
  async ready(): Promise<CorpusPools> {
    const pools = await this.#ready;
    // A thread that waits must not keep the process.
    this.#thread.unref();
    return pools;
  }

  /** Check an answer, whose frames are given away. */
  submit(answer: SampledAnswer): void {
    if (!this.#underWay.begin()) return;
    this.#post(
      { type: 'check', answer },
      answer.frames.map(({ buffer }) => buffer),
    );
  }

  /** These events were refused or never answered. */
  failed(events: readonly number[]): void {
    if (events.length > 0) this.#post({ type: 'failed', events });
  }

  /** The relay had events of the corpus before this run. */
  knownBefore(): void {
    this.#post({ type: 'known-before' });
  }

  /** Wait for the checks under way, then end. */
  async end(): Promise<void> {
    await this.#underWay.idle(END_TIMEOUT_MS);
    await this.#thread.terminate();
  }

  #post(message: ToAnswerThread, transfer: readonly ArrayBuffer[] = []): void {
    this.#thread.postMessage(message, transfer);
  }

  #checked(phase: number, fault: AnswerFault | null): void {
    this.#onChecked(phase, fault);
    this.#underWay.ended();
  }
}
