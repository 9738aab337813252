import { AUTH_REQUIRED } from '../../nostr/auth-state.ts';
import type { CountReply } from '../../nostr/relay-message.ts';
import type { Negotiation, OkReply, ReplyHandlers, SubscriptionLetters } from '../../wire/reply-handlers.ts';
import { BARE, type SubscriptionId } from '../../wire/subscription-id.ts';
import type { CorpusLoad } from '../../workload/corpus-load.ts';
import type { Claims, OkOwner, SubscriptionClaim, SubscriptionOwner } from '../../workload/worker-part.ts';
import type { Authentication } from './authentication.ts';
import type { Recorder } from './recorder.ts';
import type { Verifier } from './verifier.ts';

/** Character codes that a letter can have. */
const LETTERS = 128;

export interface ReplySorterOptions {
  readonly recorder: Pick<Recorder, 'count' | 'notice'>;
  readonly authentication: Pick<Authentication, 'onChallenge' | 'hold' | 'onAccepted' | 'onOk'>;
  /** Phase of this moment, for what belongs to no operation. */
  readonly currentPhase: () => number;
}

/**
 * Hands each reply to its owner and counts what nobody waits for. Who owns what stands in tables that are filled before the
 * load: a reply costs one look-up and a direct call.
 */
export class ReplySorter implements ReplyHandlers {
  readonly letters: SubscriptionLetters = {
    bare: new Uint8Array(LETTERS),
    numbered: new Uint8Array(LETTERS),
  };
  readonly #options: ReplySorterOptions;
  readonly #bare = new Array<SubscriptionOwner | null>(LETTERS).fill(null);
  readonly #numbered = new Array<SubscriptionOwner | null>(LETTERS).fill(null);
  #oks: readonly OkOwner[] = [];
  /** Null where no event is ever received. */
  verifier: Verifier | null = null;
  /** Stores events before the load; null while there are none. */
  storing: CorpusLoad | null = null;

  constructor(options: ReplySorterOptions) {
    this.#options = options;
  }

  /**
   * Who owns which replies from now on.
   * @throws Error where two claim the same letter
   */
  use(claims: readonly Claims[]): void {
    for (const table of [this.#bare, this.#numbered]) table.fill(null);
    for (const marks of [this.letters.bare, this.letters.numbered]) marks.fill(0);
    for (const claim of claims.flatMap(({ subscriptions }) => subscriptions)) this.#claim(claim);
    this.#oks = claims.flatMap(({ oks }) => oks);
  }

  onAccepted(connection: number, idHigh: number, idLow: number): void {
    for (const owner of this.#oks) if (owner.onAccepted(connection, idHigh, idLow)) return;
    if (this.storing?.onAccepted(connection, idHigh, idLow) === true) return;
    if (!this.#options.authentication.onAccepted(connection, idHigh, idLow)) this.onStray(connection);
  }

  onOk(connection: number, reply: OkReply): void {
    if (reply.prefix === AUTH_REQUIRED && !reply.accepted && this.#holdEvent(connection, reply)) return;
    for (const owner of this.#oks) if (owner.onOk(connection, reply)) return;
    if (this.storing?.onOk(connection, reply) === true) return;
    if (!this.#options.authentication.onOk(connection, reply)) this.onStray(connection);
  }

  onEvent(connection: number, letter: number, sequence: number, frame: Buffer): void {
    if (this.#ownerOf(letter, sequence)?.onEvent(connection, sequence, frame) !== true)
      this.onStray(connection);
    this.verifier?.offer(connection, { letter, sequence }, frame);
  }

  onEose(connection: number, letter: number, sequence: number): void {
    if (this.#ownerOf(letter, sequence)?.onEose(connection, sequence) !== true) this.onStray(connection);
  }

  onClosed(connection: number, { letter, sequence }: SubscriptionId, prefix: string): void {
    if (prefix === AUTH_REQUIRED && this.#holdSubscription(connection, letter, sequence)) return;
    if (this.#ownerOf(letter, sequence)?.onClosed(connection, sequence, prefix) !== true)
      this.onStray(connection);
  }

  onCount(connection: number, { letter, sequence }: SubscriptionId, reply: CountReply): void {
    if (this.#ownerOf(letter, sequence)?.onCount?.(connection, sequence, reply) !== true)
      this.onStray(connection);
  }

  onNegotiation(
    connection: number,
    { letter, sequence }: SubscriptionId,
    { word, payload }: Negotiation,
  ): void {
    const owner = this.#ownerOf(letter, sequence);
    if (owner?.onNegotiation === undefined) this.onMalformed(connection);
    else if (!owner.onNegotiation(connection, sequence, word, payload)) this.onStray(connection);
  }

  onAuth(connection: number, challenge: string): void {
    if (!this.#options.authentication.onChallenge(connection, challenge)) this.onMalformed(connection);
  }

  onNotice(_connection: number, message: string): void {
    this.#count('notices');
    this.#options.recorder.notice(message);
  }

  onStray(_connection: number): void {
    this.#count('stray_frames');
  }

  onMalformed(_connection: number): void {
    this.#count('malformed_frames');
  }

  /** Whether an event waits now until the client has authenticated. */
  #holdEvent(connection: number, refusal: OkReply): boolean {
    const { idHigh, idLow } = refusal;
    const owners: readonly OkOwner[] = this.storing === null ? this.#oks : [...this.#oks, this.storing];
    for (const owner of owners) {
      const held = owner.hold?.(connection, refusal) ?? null;
      if (held === null) continue;
      this.#options.authentication.hold(connection, `${idHigh}:${idLow}`, held);
      return true;
    }
    return false;
  }

  /** The same of a subscription. */
  #holdSubscription(connection: number, letter: number, sequence: number): boolean {
    const held = this.#ownerOf(letter, sequence)?.hold?.(connection, sequence) ?? null;
    if (held === null) return false;
    this.#options.authentication.hold(connection, `${letter}/${sequence}`, held);
    return true;
  }

  #ownerOf(letter: number, sequence: number): SubscriptionOwner | null {
    return (sequence === BARE ? this.#bare[letter] : this.#numbered[letter]) ?? null;
  }

  #claim({ letter, isNumbered, owner }: SubscriptionClaim): void {
    const code = letter.charCodeAt(0);
    const table = isNumbered ? this.#numbered : this.#bare;
    if (table[code] !== null) throw new Error(`two workloads claim the subscriptions of letter ${letter}`);
    table[code] = owner;
    (isNumbered ? this.letters.numbered : this.letters.bare)[code] = 1;
  }

  #count(counter: 'notices' | 'stray_frames' | 'malformed_frames'): void {
    this.#options.recorder.count(this.#options.currentPhase(), counter);
  }
}
