import { encodeMaskedTextFrame } from '../../base/websocket-frame.ts';
import type { Held } from '../../nostr/auth-state.ts';
import type { NostrEvent } from '../../nostr/event.ts';
import type { Filter } from '../../nostr/filter.ts';
import { receivedEvent } from '../../nostr/received-event.ts';
import { numberedSubscription } from '../../wire/subscription-id.ts';
import type { SubscriptionOwner } from '../worker-part.ts';

/** First letter of the subscription ids that survivors are read back with. */
export const SURVIVORS_LETTER = 'b';

/** What came of a question, or why nothing did: a CLOSED prefix, `timeout` or `closed`. */
export type ReadBack = { readonly events: readonly NostrEvent[] } | { readonly problem: string };

interface Question {
  readonly connection: number;
  readonly filter: Filter;
  readonly events: NostrEvent[];
  readonly settle: (outcome: ReadBack) => void;
}

export interface ReaderOptions {
  readonly send: (connection: number, frame: Buffer) => void;
  readonly nextMask: () => number;
  readonly timeoutMs: number;
}

/** Reads stored events back over connections of the load, when the load is over. */
export class Reader implements SubscriptionOwner {
  readonly #options: ReaderOptions;
  readonly #open = new Map<number, Question>();
  #sequence = 0;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** The stored events that match; never rejects. */
  ask(connection: number, filter: Filter): Promise<ReadBack> {
    const sequence = this.#sequence++;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#end(sequence, { problem: 'timeout' }), this.#options.timeoutMs);
      const settle = (outcome: ReadBack): void => {
        clearTimeout(timer);
        resolve(outcome);
      };
      this.#open.set(sequence, { connection, filter, events: [], settle });
      this.#request(sequence);
    });
  }

  onEvent(connection: number, sequence: number, frame: Buffer): boolean {
    const question = this.#questionOf(connection, sequence);
    const event = question === undefined ? null : receivedEvent(frame);
    if (event !== null) question?.events.push(event);
    return sequence < this.#sequence;
  }

  onEose(connection: number, sequence: number): boolean {
    const question = this.#questionOf(connection, sequence);
    if (question === undefined) return sequence < this.#sequence;
    this.#send(connection, ['CLOSE', numberedSubscription(SURVIVORS_LETTER, sequence)]);
    this.#end(sequence, { events: question.events });
    return true;
  }

  onClosed(connection: number, sequence: number, prefix: string): boolean {
    if (this.#questionOf(connection, sequence) !== undefined) this.#end(sequence, { problem: prefix });
    return sequence < this.#sequence;
  }

  hold(connection: number, sequence: number): Held | null {
    if (this.#questionOf(connection, sequence) === undefined) return null;
    return {
      again: () => this.#request(sequence),
      refuse: () => this.#end(sequence, { problem: 'auth-required' }),
    };
  }

  onConnectionClosed(connection: number): void {
    for (const [sequence, question] of this.#open)
      if (question.connection === connection) this.#end(sequence, { problem: 'closed' });
  }

  #questionOf(connection: number, sequence: number): Question | undefined {
    const question = this.#open.get(sequence);
    return question?.connection === connection ? question : undefined;
  }

  #request(sequence: number): void {
    const question = this.#open.get(sequence);
    if (question === undefined) return;
    question.events.length = 0;
    this.#send(question.connection, [
      'REQ',
      numberedSubscription(SURVIVORS_LETTER, sequence),
      question.filter,
    ]);
  }

  #end(sequence: number, outcome: ReadBack): void {
    const question = this.#open.get(sequence);
    this.#open.delete(sequence);
    question?.settle(outcome);
  }

  #send(connection: number, message: readonly unknown[]): void {
    this.#options.send(connection, encodeMaskedTextFrame(JSON.stringify(message), this.#options.nextMask()));
  }
}
