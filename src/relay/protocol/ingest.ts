import { hash } from 'node:crypto';
import { eventTexts, type NostrEvent } from '../../nostr/event.ts';
import { kindClass } from '../../nostr/kinds.ts';
import { workProblem } from '../../nostr/nip13.ts';
import { asksToVanish } from '../../nostr/nip62.ts';
import { prefixOf } from '../../nostr/relay-message.ts';
import type { FanOut } from '../fanout/fan-out.ts';
import { eventProblem } from '../limits/check.ts';
import type { RelayLimits } from '../limits/limits.ts';
import type { EventOutcome, RelayStats } from '../metrics/stats.ts';
import type { EventStore } from '../store/store.ts';
import { expirationOf, type StoredEvent, toStoredEvent } from '../store/stored-event.ts';
import { StoreUnavailableError } from '../store/unavailable.ts';
import { placesOf } from '../verify/places.ts';
import type { Sender } from '../verify/sender.ts';
import type { Verdict, Verifier } from '../verify/verifier.ts';
import type { Lane } from '../work/lane.ts';
import { writeProblem } from './access.ts';

/** The answer to an EVENT: the last two elements of its OK. */
export interface Answer {
  readonly accepted: boolean;
  /** Empty, or `prefix: text` (NIP-01). */
  readonly message: string;
}

/** Who has sent an event. */
export interface Publisher {
  /** Keys that it has authenticated. */
  readonly pubkeys: readonly string[];
  readonly sender: Sender;
  /** What its events cost is work of this lane. */
  readonly lane: Lane;
}

/** What the ingest of a relay is made of. */
export interface IngestParts {
  readonly store: EventStore;
  readonly verifier: Verifier;
  readonly fanOut: Pick<FanOut, 'publish'>;
  readonly limits: RelayLimits;
  readonly stats: RelayStats;
  readonly nowSeconds: () => number;
  /** Host names of the relay: requests to vanish (NIP-62) may name one. */
  readonly hosts: ReadonlySet<string>;
  /** Told about failures of the store or the verifier; the client gets no details. */
  readonly onError: (error: unknown) => void;
  /** Hands a valid event to another relay, which decides and tells of it; null where this one does. */
  readonly forward: ((event: StoredEvent) => Promise<Answer>) | null;
}

interface Decision {
  readonly outcome: EventOutcome;
  readonly answer: Answer;
}

function accept(outcome: EventOutcome, message = ''): Decision {
  return { outcome, answer: { accepted: true, message } };
}

function refuse(outcome: EventOutcome, message: string): Decision {
  return { outcome, answer: { accepted: false, message } };
}

const STORED = accept('stored');
const EPHEMERAL = accept('ephemeral');
const DUPLICATE = accept('duplicate', 'duplicate: already have this event');
const EXPIRED = refuse('invalid', 'invalid: the event has expired');
const WRONG_ID = refuse('invalid', 'invalid: id is not the hash of the event');
const WRONG_SIGNATURE = refuse('invalid', 'invalid: signature does not verify');
/** What another relay means by the prefix with which it refuses. */
const REFUSALS: ReadonlyMap<string, EventOutcome> = new Map([
  ['duplicate', 'superseded'],
  ['blocked', 'deleted'],
  ['invalid', 'invalid'],
  ['pow', 'invalid'],
  ['restricted', 'restricted'],
  ['auth-required', 'restricted'],
  ['rate-limited', 'rate-limited'],
]);

const OVERLOADED = refuse('overloaded', 'error: overloaded, try again later');

const DECISIONS = {
  stored: STORED,
  duplicate: DUPLICATE,
  superseded: refuse('superseded', 'duplicate: a newer version is stored'),
  deleted: refuse('deleted', 'blocked: this event was deleted'),
  overloaded: OVERLOADED,
  full: refuse('full', 'error: store is full'),
} as const;

/**
 * The way of an event into the relay: cheap checks first, then the hash, then the signature (which costs
 * ten times the rest and runs elsewhere), then the store, and only then the subscribers.
 */
export class Ingest {
  readonly #parts: IngestParts;
  #inFlight = 0;
  #whenIdle: (() => void)[] = [];

  constructor(parts: IngestParts) {
    this.#parts = parts;
  }

  /** Events that were received and not answered. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Resolves when no event is in flight. */
  idle(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /**
   * Takes an event of correct shape. Answers at once what needs no waiting, so that refusals, duplicates and, where
   * nothing is verified, ephemeral events cost no promise; a promise never rejects.
   */
  publish(event: NostrEvent, publisher: Publisher): Answer | Promise<Answer> {
    let decision: Decision | Promise<Decision>;
    try {
      decision = this.#decide(event, publisher);
    } catch (error) {
      decision = this.#failed(error);
    }
    return decision instanceof Promise ? this.#await(decision) : this.#answer(decision);
  }

  async #await(decision: Promise<Decision>): Promise<Answer> {
    this.#inFlight++;
    const answer = this.#answer(await decision.catch((error: unknown) => this.#failed(error)));
    this.#inFlight--;
    if (this.#inFlight === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
    return answer;
  }

  #answer({ outcome, answer }: Decision): Answer {
    this.#parts.stats.events[outcome]++;
    return answer;
  }

  #failed(error: unknown): Decision {
    if (error instanceof StoreUnavailableError) return refuse('error', `error: ${error.message}`);
    this.#parts.onError(error);
    return refuse('error', 'error: internal failure, the event may or may not be stored');
  }

  #decide(event: NostrEvent, { pubkeys, sender, lane }: Publisher): Decision | Promise<Decision> {
    const early = this.#decideEarly(event, pubkeys);
    if (early !== null) return early;
    const texts = eventTexts(event);
    if (hash('sha256', texts.signed, 'hex') !== event.id) return WRONG_ID;
    const verdict = this.#parts.verifier.verify(event, sender);
    if (!(verdict instanceof Promise)) return this.#decideByVerdict(verdict, event, texts.json);
    return verdict.then((settled) =>
      inTurn(event, { sender, lane }, () => this.#decideByVerdict(settled, event, texts.json)),
    );
  }

  #decideByVerdict(verdict: Verdict, event: NostrEvent, json: string): Decision | Promise<Decision> {
    if (verdict !== 'valid') return verdict === 'invalid' ? WRONG_SIGNATURE : OVERLOADED;
    const { stats, fanOut, store, hosts, forward } = this.#parts;
    const stored = toStoredEvent(event, json);
    if (forward !== null) return forward(stored).then((answer) => forwarded(stored, answer));
    if (kindClass(event.kind) === 'ephemeral') {
      stats.deliveries += fanOut.publish(stored);
      return EPHEMERAL;
    }
    if (!asksToVanish(event, hosts)) return this.#store(stored);
    // First: an event that is known is not looked at again, so that a failure in between could not be made up for.
    return store.vanish(event.pubkey, event.created_at).then(() => this.#store(stored));
  }

  /** What can be decided before anything is computed; null where it cannot. */
  #decideEarly(event: NostrEvent, pubkeys: readonly string[]): Decision | null {
    const { store, limits, nowSeconds } = this.#parts;
    const now = nowSeconds();
    const problem = eventProblem(event, limits, now);
    if (problem !== null) return refuse('invalid', `invalid: ${problem}`);
    const lackingWork = workProblem(event, limits.minPowDifficulty);
    if (lackingWork !== null) return refuse('invalid', `pow: ${lackingWork}`);
    const forbidden = writeProblem(event, pubkeys);
    if (forbidden !== null) return refuse('restricted', forbidden);
    if (store.knows(event.id)) return DUPLICATE;
    const expires = kindClass(event.kind) !== 'ephemeral' && expirationOf(event.tags) <= now;
    return expires ? EXPIRED : null;
  }

  /** Stores an event, and delivers it if it is new. */
  async #store(event: StoredEvent): Promise<Decision> {
    const { store, fanOut, stats } = this.#parts;
    const decision = DECISIONS[await store.add(event)];
    if (decision === STORED) stats.deliveries += fanOut.publish(event);
    return decision;
  }
}

/** What another relay has decided. */
function forwarded({ kind }: StoredEvent, answer: Answer): Decision {
  const prefix = prefixOf(answer.message);
  if (!answer.accepted) return { outcome: REFUSALS.get(prefix) ?? 'error', answer };
  if (prefix === 'duplicate') return { outcome: 'duplicate', answer };
  return { outcome: kindClass(kind) === 'ephemeral' ? 'ephemeral' : 'stored', answer };
}

/**
 * Decides when it is the turn of the client. What has to wait for that is held against its sender: who sends faster than it
 * is served is not read from.
 */
function inTurn<T>(
  event: NostrEvent,
  { sender, lane }: Pick<Publisher, 'sender' | 'lane'>,
  decide: () => T | Promise<T>,
): Promise<T> {
  let isDecided = false;
  let places = 0;
  const decision = lane.call(() => {
    isDecided = true;
    if (places > 0) sender.settle(places);
    return decide();
  });
  if (!isDecided) {
    places = placesOf(event);
    sender.wait(places);
  }
  return decision;
}
