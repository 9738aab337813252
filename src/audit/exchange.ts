import type { AuthClient } from '../nostr/auth-client.ts';
import type { RelayMessage } from '../nostr/relay-message.ts';

/** What a message of the relay means for an exchange. */
export type Step<T> =
  | { readonly value: T; readonly follow?: readonly unknown[] }
  /** Refused: perhaps until the client authenticates; else it ends with `value`, or fails where there is none. */
  | { readonly refused: string; readonly what: string; readonly value?: T };

/** A message to a relay and what comes of it. */
export interface Exchanged<T> {
  /** Names it on its connection, for NIP-42. */
  readonly key: string;
  readonly message: readonly unknown[];
  /** Called each time that the message is sent. */
  readonly begin?: () => void;
  /** @returns null where it is about something else, or not the end */
  receive(message: RelayMessage): Step<T> | null;
}

export interface ExchangeOptions<T> extends Exchanged<T> {
  readonly auth: AuthClient;
  readonly send: (message: readonly unknown[]) => void;
}

/** A relay does not answer, and says why. */
export class RefusedError extends Error {
  /** The words of the relay; foreign text. */
  readonly refusal: string;

  constructor(what: string, refusal: string) {
    super(`the relay ${what}: ${refusal}`);
    this.name = 'RefusedError';
    this.refusal = refusal;
  }
}

/** Carries out one exchange; after its end it hears nothing more. */
export class Exchange<T> {
  readonly #options: ExchangeOptions<T>;
  #end: ((end: { readonly value: T } | { readonly error: Error }) => void) | null = null;

  constructor(options: ExchangeOptions<T>) {
    this.#options = options;
  }

  /** @throws Error where the connection is not open, breaks, or the relay refuses or does not answer in time */
  carryOut(isOpen: boolean, timeoutMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.fail(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
      this.#end = (end) => {
        this.#end = null;
        clearTimeout(timer);
        if ('value' in end) resolve(end.value);
        else reject(end.error);
      };
      if (isOpen) this.#begin();
      else this.fail(new Error('the connection is closed'));
    });
  }

  receive(message: RelayMessage): void {
    if (this.#end === null) return;
    const step = this.#options.receive(message);
    if (step === null) return;
    if ('refused' in step) {
      this.#refused(step);
      return;
    }
    if (step.follow !== undefined) this.#options.send(step.follow);
    this.#end({ value: step.value });
  }

  fail(error: Error): void {
    this.#end?.({ error });
  }

  #begin(): void {
    const { begin, message, send } = this.#options;
    begin?.();
    send(message);
  }

  #refused(step: Extract<Step<T>, { refused: string }>): void {
    const { auth, key } = this.#options;
    auth.refused(key, step.refused, {
      again: () => {
        if (this.#end !== null) this.#begin();
      },
      refuse: () => {
        if (step.value === undefined) this.fail(new RefusedError(step.what, step.refused));
        else this.#end?.({ value: step.value });
      },
    });
  }
}
