import { afterPoll } from '../../base/after-poll.ts';
import { monotonicNs } from '../../base/clock.ts';
import { readHex32 } from '../../base/hex.ts';
import { encodeMaskedTextFrame } from '../../base/websocket-frame.ts';
import type { SignedByClient } from '../../corpus/client-signer.ts';
import type { SeriesTable } from '../../metric/series-table.ts';
import { type AuthPolicy, AuthState, type AuthStep, carryOut, type Held } from '../../nostr/auth-state.ts';
import { type UnsignedAuth, unsignedAuth } from '../../nostr/nip42.ts';
import type { OkReply } from '../../wire/reply-handlers.ts';
import type { SampleSink } from '../../workload/sample-sink.ts';
import type { AuthStanding } from './reconnecting.ts';

export interface AuthenticationOptions {
  readonly policy: AuthPolicy;
  /** What stands in the `relay` tag of this connection. */
  readonly relayOf: (connection: number) => string;
  readonly sign: (connection: number, auth: UnsignedAuth) => SignedByClient;
  /** Write a frame outside the measured streams. */
  readonly send: (connection: number, frame: Buffer) => void;
  readonly sink: SampleSink;
  readonly series: SeriesTable;
  readonly currentPhase: () => number;
  /** Whether a relay that has said nothing of it on a connection may do so yet. */
  readonly isToBeExpected: boolean;
  /** How long after a refusal, or after a connection is open again, its challenge may come; a second unless given. */
  readonly challengeWithinMs?: number;
  /** A connection that had authenticated before it was lost has done so again, or is not asked to. */
  readonly onRestored: (connection: number) => void;
}

const CHALLENGE_WITHIN_MS = 1_000;
const MOST_CHALLENGE_CHARACTERS = 4_096;
const MASK = 0x2c9a71e5;

/** A connection on which AUTH is spoken of. */
interface Spoken {
  readonly state: AuthState;
  /** Of the AUTH that waits for its answer. */
  idHigh: number;
  idLow: number;
  sentNs: number;
}

/**
 * Authenticates the connections of a worker (NIP-42) and holds back what the relay refuses until then. A connection to
 * which the relay says nothing of it costs nothing here.
 */
export class Authentication {
  readonly #options: AuthenticationOptions;
  readonly #spoken = new Map<number, Spoken>();
  /** Lost connections that had authenticated and have not done so again. */
  readonly #wereIn = new Set<number>();
  readonly #series: number;

  constructor(options: AuthenticationOptions) {
    this.#options = options;
    this.#series = options.series.indexOf('auth_latency');
  }

  /** Whether a connection has authenticated. */
  isIn(connection: number): boolean {
    return this.#spoken.get(connection)?.state.isIn === true;
  }

  /** Whether the relay may yet refuse what is sent on a connection until it has authenticated. */
  mayDemand(connection: number): boolean {
    const spoken = this.#spoken.get(connection);
    return spoken === undefined ? this.#options.isToBeExpected : !spoken.state.isSettled;
  }

  /** The relay has sent `["AUTH", challenge]`. @returns false where it is none that can be answered */
  onChallenge(connection: number, challenge: string): boolean {
    if (challenge.length > MOST_CHALLENGE_CHARACTERS) return false;
    const spoken = this.#spokenOn(connection);
    this.#do(connection, spoken, spoken.state.challenged(challenge));
    return true;
  }

  /** Holds back what the relay has refused with `auth-required:`; `key` names it on this connection. */
  hold(connection: number, key: string, held: Held): void {
    const spoken = this.#spokenOn(connection);
    this.#do(connection, spoken, spoken.state.demanded(key, held));
    if (!spoken.state.isWaitingForChallenge) return;
    const refuse = (): void => {
      if (this.#spoken.get(connection) !== spoken || !spoken.state.isWaitingForChallenge) return;
      this.#do(connection, spoken, spoken.state.unchallenged());
    };
    setTimeout(() => afterPoll(refuse), this.#options.challengeWithinMs ?? CHALLENGE_WITHIN_MS).unref();
  }

  /** @returns false where it is not the answer to an AUTH of this connection */
  onAccepted(connection: number, idHigh: number, idLow: number): boolean {
    const spoken = this.#take(connection, idHigh, idLow);
    if (spoken === null) return false;
    this.#options.sink.count(this.#options.currentPhase(), 'auths_accepted');
    this.#do(connection, spoken, spoken.state.answered(true));
    if (this.#wereIn.has(connection)) this.#options.onRestored(connection);
    return true;
  }

  /** @returns as of {@link onAccepted} */
  onOk(connection: number, { idHigh, idLow, accepted, prefix }: OkReply): boolean {
    if (accepted) return this.onAccepted(connection, idHigh, idLow);
    const spoken = this.#take(connection, idHigh, idLow);
    if (spoken === null) return false;
    this.#options.sink.countWord(this.#options.currentPhase(), 'auths_rejected', prefix);
    this.#do(connection, spoken, spoken.state.answered(false));
    return true;
  }

  /** @param comesBack whether it is going to be opened again */
  onConnectionClosed(connection: number, comesBack: boolean): void {
    if (comesBack && this.isIn(connection)) this.#wereIn.add(connection);
    this.#spoken.delete(connection);
  }

  /** A lost connection is open again. Where it had authenticated, the relay may challenge it anew, now or on demand. */
  onConnectionReopened(connection: number): void {
    if (!this.#wereIn.has(connection)) return;
    const restore = (): void => {
      if (this.#spoken.has(connection) || !this.#wereIn.delete(connection)) return;
      this.#options.onRestored(connection);
    };
    setTimeout(() => afterPoll(restore), this.#options.challengeWithinMs ?? CHALLENGE_WITHIN_MS).unref();
  }

  /** How a connection that had authenticated before it was lost stands with that now. */
  standing(connection: number): AuthStanding {
    if (!this.#wereIn.has(connection)) return 'not-needed';
    return this.isIn(connection) ? 'in' : 'waiting';
  }

  #spokenOn(connection: number): Spoken {
    const known = this.#spoken.get(connection);
    if (known !== undefined) return known;
    const { policy } = this.#options;
    // A client that knows the relay does not wait to be refused again.
    const isKnown = policy !== 'never' && this.#wereIn.has(connection);
    const state = new AuthState(isKnown ? 'on-connect' : policy);
    const spoken = { state, idHigh: 0, idLow: 0, sentNs: 0 };
    this.#spoken.set(connection, spoken);
    return spoken;
  }

  #do(connection: number, spoken: Spoken, step: AuthStep): void {
    carryOut(step, (challenge) => this.#authenticate(connection, spoken, challenge));
  }

  #authenticate(connection: number, spoken: Spoken, challenge: string): void {
    const { relayOf, sign, send, sink, currentPhase } = this.#options;
    const auth = unsignedAuth(challenge, relayOf(connection), Math.floor(Date.now() / 1_000));
    const { id, json } = sign(connection, auth);
    const frame = encodeMaskedTextFrame(`["AUTH",${json}]`, MASK);
    const bytes = Buffer.from(id, 'latin1');
    spoken.idHigh = readHex32(bytes, 0);
    spoken.idLow = readHex32(bytes, 8);
    spoken.state.sent();
    spoken.sentNs = monotonicNs();
    sink.count(currentPhase(), 'auths_sent');
    send(connection, frame);
  }

  /** The connection whose AUTH this id answers; its time is taken. */
  #take(connection: number, idHigh: number, idLow: number): Spoken | null {
    const spoken = this.#spoken.get(connection);
    if (spoken === undefined || spoken.sentNs === 0) return null;
    if (spoken.idHigh !== idHigh || spoken.idLow !== idLow) return null;
    const { sink, currentPhase } = this.#options;
    sink.latency(this.#series, currentPhase(), spoken.sentNs, monotonicNs());
    spoken.sentNs = 0;
    return spoken;
  }
}
