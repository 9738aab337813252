import { performance } from 'node:perf_hooks';
import { messageOf } from '../../base/errors.ts';
import type { BusCodec } from './bus-codec.ts';
import type { BusMessage } from './bus-message.ts';
import { type Verify, verifyClaimed } from './claimed-event.ts';

/** What a receiver is given. */
export interface ReceiverOptions {
  readonly codec: BusCodec;
  readonly verify: Verify;
  /** Told of each message that can be believed, in the order in which they came. */
  readonly onMessage: (message: BusMessage) => void;
  /** Messages that could not be looked at, because there were too many. */
  readonly onMissed: () => void;
  readonly log: (text: string) => void;
}

/** Messages that wait for their events to be verified; each may hold an event of the largest size. */
const WAITING_MAX = 1_000;
/** Whoever can write to the channel must not fill the log. */
const LOG_EVERY_MS = 60_000;

/**
 * Hears what comes over the channel, whoever sends it: nothing that is said there ends the process. What does not bear
 * the signature of the stack is passed on only where its event is verified, behind what came before it.
 */
export class Receiver {
  readonly #options: ReceiverOptions;
  #inOrder: Promise<void> = Promise.resolve();
  #waiting = 0;
  #loggedMs = Number.NEGATIVE_INFINITY;
  /** Texts that were not believed. */
  refused = 0;

  constructor(options: ReceiverOptions) {
    this.#options = options;
  }

  hear(text: string): void {
    try {
      const { message, isAuthentic } = this.#options.codec.decode(text);
      if (isAuthentic) this.#options.onMessage(message);
      else this.#hearStranger(message);
    } catch (error) {
      this.#refuse(error);
    }
  }

  #hearStranger(message: BusMessage): void {
    if (this.#waiting >= WAITING_MAX) {
      this.#options.onMissed();
      return;
    }
    this.#waiting++;
    const checked = this.#check(message);
    // It is waited for below; what fails before that is no unhandled failure.
    checked.catch(() => undefined);
    this.#inOrder = this.#inOrder.then(() => this.#passOn(checked)).finally(() => this.#waiting--);
  }

  async #passOn(checked: Promise<BusMessage | null>): Promise<void> {
    try {
      const message = await checked;
      if (message !== null) this.#options.onMessage(message);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** Null where there was no time to look. @throws Error where its event is none */
  async #check(message: BusMessage): Promise<BusMessage | null> {
    if (message.type !== 'event') return message;
    const event = await verifyClaimed(message.event, this.#options.verify);
    if (event === 'invalid') throw new Error('an event has a wrong id or signature');
    if (event !== 'overloaded') return { ...message, event };
    this.#options.onMissed();
    return null;
  }

  #refuse(error: unknown): void {
    this.refused++;
    const now = performance.now();
    if (now - this.#loggedMs < LOG_EVERY_MS) return;
    this.#loggedMs = now;
    this.#options.log(`a message over Redis was refused: ${messageOf(error)} (${this.refused} so far)`);
  }
}
