import { Worker } from 'node:worker_threads';
import { onThreadLoss } from '../../base/ends.ts';
import type { CorpusPools } from '../../corpus/index/corpus-pools.ts';
import type { Accusation } from '../../judge/cap-watch.ts';
import type { Finding } from '../../judge/observations.ts';
import { UnderWay } from '../under-way.ts';
import type {
  AnswerSetup,
  FromAnswerThread,
  LateEvent,
  SampledQuestion,
  ToAnswerThread,
} from './answer-protocol.ts';
import type { SampledAnswer } from './answer-samples.ts';
import type { EndedQuery } from './stored-events.ts';

/** Answers under way to the thread; what comes faster than it can check is not checked. */
const MOST_WAITING = 64;
const END_TIMEOUT_MS = 5_000;

/** Told the outcome of each check. */
export interface OnChecked {
  /** An answer to a query of that phase was judged; the accusations may also be of earlier ones. */
  judged(phase: number, accusations: readonly Accusation<SampledQuestion>[]): void;
  /** This event came after EOSE and had been stored before the load. */
  storedLate(late: LateEvent): void;
  /** What is worth knowing of the relay after all answers. */
  found(findings: readonly Finding[]): void;
}

/** Checks answers to queries on a thread of its own, at a bounded cost. */
export class AnswerChecker {
  readonly #thread: Worker;
  readonly #onChecked: OnChecked;
  readonly #ready: Promise<CorpusPools>;
  readonly #underWay = new UnderWay(MOST_WAITING);
  #unwatch: () => void = () => undefined;

  /** @param onFailure the thread has failed, for example because the corpus can't be read */
  constructor(setup: AnswerSetup, onChecked: OnChecked, onFailure: (error: unknown) => void) {
    this.#onChecked = onChecked;
    this.#thread = new Worker(new URL('./answer-thread.js', import.meta.url), { workerData: setup });
    this.#ready = new Promise((resolve, reject) => {
      this.#unwatch = onThreadLoss(this.#thread, (error) => {
        reject(error);
        onFailure(error);
      });
      this.#thread.on('message', (message: FromAnswerThread) => {
        if (message.type === 'ready') resolve(message.pools);
        else this.#take(message);
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

  /** Find out whether an event that came after EOSE can have come live; `frame` is copied. */
  submitLate(query: EndedQuery, frame: Buffer): void {
    if (!this.#underWay.begin()) return;
    this.#post({ type: 'after-eose', late: { query, frame: Uint8Array.from(frame) } });
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
    if (this.#underWay.begin()) this.#post({ type: 'finish' });
    await this.#underWay.idle(END_TIMEOUT_MS);
    this.#unwatch();
    await this.#thread.terminate();
  }

  #post(message: ToAnswerThread, transfer: readonly ArrayBuffer[] = []): void {
    this.#thread.postMessage(message, transfer);
  }

  #take(message: Exclude<FromAnswerThread, { type: 'ready' }>): void {
    this.#underWay.ended();
    if (message.type === 'checked') this.#onChecked.judged(message.phase, message.accusations);
    else if (message.type === 'finished') this.#onChecked.found(message.findings);
    else if (message.late !== null) this.#onChecked.storedLate(message.late);
  }
}
