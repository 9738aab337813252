import { monotonicNs } from '../../base/clock.ts';
import { createRandom } from '../../base/random.ts';
import type { Filter } from '../../nostr/filter.ts';
import { NegentropyError } from '../../nostr/negentropy/codec.ts';
import { continueNegentropy, type Differences } from '../../nostr/nip77.ts';
import { prefixOf } from '../../nostr/relay-message.ts';
import { numberedSubscription } from '../../wire/subscription-id.ts';
import type { CaseSink } from '../case-sink.ts';
import { type Asked, Questions, type QuestionsOptions } from '../questions.ts';
import type { SubscriptionOwner } from '../worker-part.ts';
import { type ClientSet, judgeSync } from './client-set.ts';

/** First letter of the subscription ids of syncs. */
export const SYNC_LETTER = 'n';
/** Most bytes of a message; in hex it is twice as long. Relays take messages of 64 KiB at least. */
const MESSAGE_BYTES = 16_384;
/** A sync that goes on longer does not converge. */
const MOST_ROUNDS = 1_000;
/** Events named in one piece of evidence. */
const MOST_NAMED = 25;
const HEX = /^(?:[0-9a-f]{2})+$/i;

export interface SyncWorkloadOptions
  extends Omit<
    QuestionsOptions,
    'counters' | 'label' | 'messageOf' | 'seriesOf' | 'onForgotten' | 'onTimeout'
  > {
  readonly sets: readonly ClientSet[];
  /** What both sides compare: exactly the stored notes. */
  readonly filter: Filter;
  readonly cases: CaseSink;
  readonly send: (connection: number, frame: Buffer) => void;
}

/** A sync under way. */
interface Sync {
  readonly set: ClientSet;
  readonly found: Differences;
  rounds: number;
  bytes: number;
  /** What this side has taken to work out its messages, in nanoseconds. */
  own_ns: number;
}

/** NEG-OPEN → reconciled (NIP-77), and whether the differences found are those that there are. */
export class SyncWorkload implements SubscriptionOwner {
  readonly stream: Questions;
  readonly #options: SyncWorkloadOptions;
  readonly #syncs = new Map<number, Sync>();

  constructor(options: SyncWorkloadOptions) {
    this.#options = options;
    const series = options.series.indexOf('sync_latency');
    this.stream = new Questions({
      ...options,
      label: 'sync',
      counters: {
        sent: 'syncs_sent',
        unsent: 'syncs_unsent',
        dropped: 'syncs_dropped',
        timeout: 'syncs_timeout',
        lost: 'syncs_lost_at_close',
      },
      messageOf: (number, sequence) => this.#open(number, sequence),
      seriesOf: () => series,
      onForgotten: (sequence) => this.#syncs.delete(sequence),
      onTimeout: (asked) => {
        const rounds = this.#syncs.get(asked.sequence)?.rounds ?? 0;
        this.#keep('syncs_timeout', asked, { note: `not reconciled in time, after ${rounds} round trips` });
        this.#close(asked);
      },
    });
  }

  /** NEG-MSG with the hex of a message, or NEG-ERR with a reason. @returns false where no such sync was ever begun */
  onNegotiation(connection: number, sequence: number, word: string, payload: string): boolean {
    const asked = this.stream.find(connection, sequence);
    const sync = this.#syncs.get(sequence);
    if (asked === null || sync === undefined)
      return this.stream.isLate(connection, sequence) || this.stream.wasAsked(sequence);
    if (word === 'NEG-MSG') this.#goOn(asked, sync, payload);
    else this.#refused(asked, prefixOf(payload));
    return true;
  }

  /** As of {@link onNegotiation}: relays that do not know NIP-77 may answer so. */
  onClosed(connection: number, sequence: number, prefix: string): boolean {
    const asked = this.stream.find(connection, sequence);
    if (asked === null) return this.stream.isLate(connection, sequence) || this.stream.wasAsked(sequence);
    this.#refused(asked, prefix);
    return true;
  }

  onEvent(): boolean {
    return false;
  }

  onEose(): boolean {
    return false;
  }

  #open(number: number, sequence: number): readonly unknown[] {
    const { sets, seed, filter } = this.#options;
    const set = sets[createRandom(seed + number, 'sync').int(sets.length)] as ClientSet;
    const found = { have: new Set<string>(), need: new Set<string>() };
    this.#syncs.set(sequence, { set, found, rounds: 0, bytes: set.opening.length, own_ns: 0 });
    return ['NEG-OPEN', numberedSubscription(SYNC_LETTER, sequence), filter, set.opening.toString('hex')];
  }

  #goOn(asked: Asked, sync: Sync, payload: string): void {
    // What this side works out by itself is the relay's fault in nothing: it is no part of the latency.
    const cameNs = monotonicNs();
    sync.rounds++;
    sync.bytes += payload.length / 2;
    const next = nextOf(sync, payload);
    sync.own_ns += monotonicNs() - cameNs;
    if (next === 'malformed') this.#giveUp(asked, 'malformed');
    else if (next === null) this.#converged(asked, sync);
    else if (sync.rounds >= MOST_ROUNDS) this.#giveUp(asked, 'endless');
    else {
      sync.bytes += next.length;
      this.#send(asked, ['NEG-MSG', this.#idOf(asked), next.toString('hex')]);
    }
  }

  #converged(asked: Asked, { set, found, rounds, bytes, own_ns }: Sync): void {
    const { sink } = this.#options;
    const { connection, sequence, phase } = asked;
    this.stream.answered(connection, sequence, monotonicNs() - own_ns);
    this.#syncs.delete(sequence);
    this.#close(asked);
    sink.count(phase, 'syncs_completed');
    sink.count(phase, 'sync_rounds', rounds);
    sink.count(phase, 'sync_bytes', bytes);
    const wrong = judgeSync(set.differences, found);
    if (wrong === null) return;
    sink.countWord(phase, 'syncs_wrong', wrong.fault);
    const note = `${wrong.ids.length} events, after ${rounds} round trips`;
    this.#keep('syncs_wrong', asked, { reason: wrong.fault, note, ids: wrong.ids });
  }

  #giveUp(asked: Asked, word: string): void {
    this.#close(asked);
    this.#refused(asked, word);
  }

  #refused({ connection, sequence, phase }: Asked, word: string): void {
    this.stream.refused(connection, sequence);
    this.#syncs.delete(sequence);
    this.#options.sink.countWord(phase, 'syncs_refused', word);
  }

  #close(asked: Asked): void {
    this.#send(asked, ['NEG-CLOSE', this.#idOf(asked)]);
  }

  #send({ connection }: Asked, message: readonly unknown[]): void {
    this.#options.send(connection, this.stream.frameOf(message));
  }

  #idOf({ sequence }: Asked): string {
    return numberedSubscription(SYNC_LETTER, sequence);
  }

  #keep(
    counter: string,
    asked: Asked,
    why: { readonly reason?: string; readonly note: string; readonly ids?: readonly string[] },
  ): void {
    const { cases, filter } = this.#options;
    if (!cases.wants(counter)) return;
    const { ids = [], ...rest } = why;
    const refs = ids.slice(0, MOST_NAMED).map((id) => ({ id }));
    const isUnknown = why.reason === 'unknown';
    cases.add(counter, {
      connection: asked.connection,
      subscription: this.#idOf(asked),
      filter,
      expected: isUnknown ? [] : refs,
      got: isUnknown ? refs : [],
      ...rest,
    });
  }
}

/** The next message; null where both sides are through, `malformed` where the relay does not follow the protocol. */
function nextOf({ set, found }: Sync, payload: string): Buffer | null | 'malformed' {
  if (!HEX.test(payload)) return 'malformed';
  try {
    return continueNegentropy(set.items, Buffer.from(payload, 'hex'), found, MESSAGE_BYTES);
  } catch (error) {
    if (error instanceof NegentropyError) return 'malformed';
    throw error;
  }
}
