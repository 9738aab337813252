/** When a client authenticates: where the relay demands it, as soon as it is challenged, or not at all. */
export type AuthPolicy = 'on-demand' | 'on-connect' | 'never';

/** An operation that the relay refused with `auth-required:`. */
export interface Held {
  /** Sends it again; nothing happens where it has ended in the meantime. */
  again(): void;
  /** Ends it as refused. */
  refuse(): void;
}

/** What is to be done now. */
export type AuthStep =
  | { readonly type: 'nothing' }
  /** Sign this challenge, send AUTH, and say so with {@link AuthState.sent}. */
  | { readonly type: 'authenticate'; readonly challenge: string }
  /** These wait no more. */
  | { readonly type: 'again'; readonly held: readonly Held[] }
  | { readonly type: 'refuse'; readonly held: readonly Held[] };

/** A relay that challenges again and again is not answered for ever. */
const MOST_ANSWERED = 20;

const NOTHING: AuthStep = { type: 'nothing' };

/** Does what is to be done; `authenticate` signs a challenge and sends AUTH. */
export function carryOut(step: AuthStep, authenticate: (challenge: string) => void): void {
  if (step.type === 'authenticate') authenticate(step.challenge);
  else if (step.type === 'again') for (const held of step.held) held.again();
  else if (step.type === 'refuse') for (const held of step.held) held.refuse();
  else step.type satisfies 'nothing';
}

/** The prefix of what a client may do once it has authenticated (NIP-42). */
export const AUTH_REQUIRED = 'auth-required';

/**
 * Where a client stands with the authentication of one connection (NIP-42). Pure: it says what to do and does nothing.
 * A challenge holds until the next one replaces it or the connection ends. What is refused with `auth-required:` waits for
 * the AUTH and is sent again once; what is refused so again, or when the relay did not take the AUTH, is refused.
 */
export class AuthState {
  readonly #policy: AuthPolicy;
  /** The last challenge that was not answered yet. */
  #challenge: string | null = null;
  #stage: 'out' | 'asked' | 'in' | 'refused' = 'out';
  #answered = 0;
  /** Whether operations have waited in vain for a challenge. */
  #isSilent = false;
  #held: Held[] = [];
  /** Keys of what was sent again and not refused since. */
  readonly #sentAgain = new Set<string>();

  constructor(policy: AuthPolicy) {
    this.#policy = policy;
  }

  /** Whether the relay has taken an AUTH and refused none since. */
  get isIn(): boolean {
    return this.#stage === 'in';
  }

  /** Whether there is nothing left that the relay can ask for: it has taken an AUTH, or will take none. */
  get isSettled(): boolean {
    return (this.#stage === 'in' && this.#challenge === null) || this.#isHopeless;
  }

  /** Whether something waits for a challenge that did not come yet. */
  get isWaitingForChallenge(): boolean {
    return this.#held.length > 0 && this.#stage !== 'asked';
  }

  /** The relay has sent a challenge. */
  challenged(challenge: string): AuthStep {
    this.#challenge = challenge;
    this.#isSilent = false;
    const isWanted = this.#policy === 'on-connect' || this.#held.length > 0;
    return isWanted && this.#stage !== 'asked' ? this.#answer() : NOTHING;
  }

  /**
   * The relay has refused an operation with `auth-required:`.
   * @param key names the operation among those of the connection
   */
  demanded(key: string, held: Held): AuthStep {
    const wasSentAgain = this.#sentAgain.delete(key);
    // Authenticated, and refused all the same: it does not help.
    if (wasSentAgain && this.#challenge === null) this.#stage = 'refused';
    const waiting = { again: () => this.#again(key, held), refuse: () => held.refuse() };
    if (wasSentAgain || this.#isHopeless) return { type: 'refuse', held: [waiting] };
    // It was on its way when the AUTH was taken.
    if (this.#stage === 'in' && this.#challenge === null) return { type: 'again', held: [waiting] };
    this.#held.push(waiting);
    return this.#stage === 'asked' ? NOTHING : this.#answer();
  }

  get #isHopeless(): boolean {
    return this.#policy === 'never' || this.#stage === 'refused' || this.#isSilent;
  }

  /** AUTH was sent. */
  sent(): void {
    this.#stage = 'asked';
    this.#challenge = null;
    this.#answered++;
  }

  /** The relay has answered the AUTH. */
  answered(accepted: boolean): AuthStep {
    this.#stage = accepted ? 'in' : 'out';
    if (accepted) return { type: 'again', held: this.#take() };
    // It was for a challenge that the relay has replaced.
    return this.#challenge === null ? this.#giveUp() : this.#answer();
  }

  /** No challenge has come in time. */
  unchallenged(): AuthStep {
    this.#isSilent = true;
    return { type: 'refuse', held: this.#take() };
  }

  #giveUp(): AuthStep {
    this.#stage = 'refused';
    return { type: 'refuse', held: this.#take() };
  }

  #answer(): AuthStep {
    const challenge = this.#challenge;
    if (challenge === null || this.#policy === 'never' || this.#stage === 'refused') return NOTHING;
    return this.#answered < MOST_ANSWERED ? { type: 'authenticate', challenge } : this.#giveUp();
  }

  #again(key: string, held: Held): void {
    this.#sentAgain.add(key);
    held.again();
  }

  #take(): readonly Held[] {
    const held = this.#held;
    this.#held = [];
    return held;
  }
}
