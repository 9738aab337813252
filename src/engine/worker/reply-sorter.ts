import type { CountReply } from '../../nostr/relay-message.ts';
import type { Negotiation, OkReply, ReplyHandlers, SubscriptionLetters } from '../../wire/reply-handlers.ts';
import { acceptedIdOf } from '../../wire/reply-router.ts';
import { BARE, type SubscriptionId } from '../../wire/subscription-id.ts';
import type { CorpusLoad } from '../../workload/corpus-load.ts';
import type { Claims, OkOwner, SubscriptionClaim, SubscriptionOwner } from '../../workload/worker-part.ts';
import type { AcknowledgedLog } from './acknowledged-log.ts';
import type { Recorder } from './recorder.ts';
import type { Verifier } from './verifier.ts';

/** Character codes that a letter can have. */
const LETTERS = 128;

export interface ReplySorterOptions {
  readonly recorder: Pick<Recorder, 'count' | 'notice'>;
  /** Null where nobody asks for the ids of acknowledged events. */
  readonly acknowledged: AcknowledgedLog | null;
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
  #auths: readonly NonNullable<Claims['onAuth']>[] = [];
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
    this.#auths = claims.flatMap(({ onAuth }) => onAuth ?? []);
  }

  onAccepted(connection: number, idHigh: number, idLow: number, frame: Buffer): void {
    for (const owner of this.#oks) {
      if (!owner.onAccepted(connection, idHigh, idLow)) continue;
      this.#options.acknowledged?.take(acceptedIdOf(frame));
      return;
    }
    const reply = { idHigh, idLow, accepted: true, prefix: '' };
    if (this.storing?.onAnswer(connection, reply) !== true) this.onStray(connection);
  }

  onOk(connection: number, reply: OkReply, id: string): void {
    for (const owner of this.#oks) {
      if (!owner.onOk(connection, reply)) continue;
      if (reply.accepted) this.#options.acknowledged?.take(id);
      return;
    }
    if (this.storing?.onAnswer(connection, reply) !== true) this.onStray(connection);
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
    for (const onAuth of this.#auths) onAuth(connection, challenge);
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
