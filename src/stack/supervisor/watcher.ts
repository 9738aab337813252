import { performance } from 'node:perf_hooks';
import { httpGet } from '../http-get.ts';
import { adopt, end } from '../processes.ts';
import { portOf, type Service } from '../state.ts';

/** A supervisor that lives and has not answered for so long is ended, and another one started. */
const HUNG_MS = 10_000;
const ANSWER_MS = 2_000;
const KILL_GRACE_MS = 2_000;

/** What a watcher is given. */
export interface WatcherOptions {
  readonly supervisor: Service;
  /** Whether the stack is up and to stay so. */
  readonly isUp: () => boolean;
  readonly launch: () => Promise<void>;
  readonly log: (text: string) => void;
  /** Whether it answers; tests pass their own. */
  readonly answers?: (supervisor: Service) => Promise<boolean>;
}

/**
 * Brings back the supervisor where it ends or hangs. The supervisor brings back its watcher in turn: only the loss of both
 * at the same moment leaves a stack without either, until `stack up`.
 */
export class Watcher {
  readonly #options: WatcherOptions;
  readonly #answers: (supervisor: Service) => Promise<boolean>;
  #answeredMs = performance.now();

  constructor(options: WatcherOptions) {
    this.#options = options;
    this.#answers = options.answers ?? answersHealth;
  }

  /** Looks once and does what is to be done. */
  async look(): Promise<void> {
    const { supervisor, isUp, log } = this.#options;
    if (!isUp()) {
      this.#answeredMs = performance.now();
      return;
    }
    if ((await adopt(supervisor)) === null) {
      log('the supervisor has ended: starting it again');
      await this.#start();
      return;
    }
    if (await this.#answers(supervisor)) this.#answeredMs = performance.now();
    if (performance.now() - this.#answeredMs < HUNG_MS) return;
    log('the supervisor does not answer: ending it and starting another one');
    await end(supervisor, 'SIGKILL', KILL_GRACE_MS);
    await this.#start();
  }

  async #start(): Promise<void> {
    this.#answeredMs = performance.now();
    // Looked at again: the stack may be on its way down by now.
    if (this.#options.isUp()) await this.#options.launch();
  }
}

async function answersHealth(supervisor: Service): Promise<boolean> {
  try {
    return (await httpGet(portOf(supervisor, 'http'), '/health', ANSWER_MS)).status === 200;
  } catch {
    // Silence is the message.
    return false;
  }
}
