import { AUTH_REQUIRED, AuthState, type AuthStep, carryOut, type Held } from './auth-state.ts';
import { signByNewKey } from './new-key.ts';
import { relayTagOf, unsignedAuth } from './nip42.ts';
import { prefixOf, type RelayMessage } from './relay-message.ts';

/** A challenge may follow the refusal; what waits longer for one is refused. */
const CHALLENGE_WITHIN_MS = 1_000;

export interface AuthClientOptions {
  /** Address of the relay, for the `relay` tag. */
  readonly url: string;
  /** Sends a message of a client. */
  readonly send: (message: readonly unknown[]) => void;
}

/** Authenticates a connection that asks a few questions and measures nothing, where its relay demands it (NIP-42). */
export class AuthClient {
  readonly #options: AuthClientOptions;
  readonly #state = new AuthState('on-demand');
  /** Of the AUTH that waits for its answer. */
  #id: string | null = null;

  constructor(options: AuthClientOptions) {
    this.#options = options;
  }

  /** A message of the relay. @returns whether it was about authentication and nothing else */
  receive(message: RelayMessage): boolean {
    if (message.type === 'AUTH') {
      this.#do(this.#state.challenged(message.challenge));
      return true;
    }
    if (message.type !== 'OK' || message.eventId !== this.#id) return false;
    this.#id = null;
    this.#do(this.#state.answered(message.accepted));
    return true;
  }

  /**
   * What the relay has refused: held back where it demands an AUTH, refused at once otherwise.
   * @param key names it on this connection
   * @param text message of the OK or CLOSED
   */
  refused(key: string, text: string, held: Held): void {
    if (prefixOf(text) !== AUTH_REQUIRED) {
      held.refuse();
      return;
    }
    this.#do(this.#state.demanded(key, held));
    if (this.#state.isWaitingForChallenge)
      setTimeout(() => this.#unchallenged(), CHALLENGE_WITHIN_MS).unref();
  }

  #unchallenged(): void {
    if (this.#state.isWaitingForChallenge) this.#do(this.#state.unchallenged());
  }

  #do(step: AuthStep): void {
    carryOut(step, (challenge) => {
      const { url, send } = this.#options;
      const event = signByNewKey(unsignedAuth(challenge, relayTagOf(url), Math.floor(Date.now() / 1_000)));
      this.#id = event.id;
      this.#state.sent();
      send(['AUTH', event]);
    });
  }
}
