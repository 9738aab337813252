import type { NostrEvent } from '../../nostr/event.ts';
import { eventId } from '../../nostr/event.ts';
import { kindClass } from '../../nostr/kinds.ts';
import type { FanOut } from '../fanout/fan-out.ts';
import { eventProblem } from '../limits/check.ts';
import type { RelayLimits } from '../limits/limits.ts';
import type { EventOutcome, RelayStats } from '../metrics/stats.ts';
import type { EventStore } from '../store/store.ts';
import { expirationOf, toStoredEvent } from '../store/stored-event.ts';
import type { Verifier } from '../verify/verifier.ts';

/** The answer to an EVENT: the last two elements of its OK. */
export interface Answer {
  readonly accepted: boolean;
  /** Empty, or `prefix: text` (NIP-01). */
  readonly message: string;
}

/** What the ingest of a relay is made of. */
export interface IngestParts {
  readonly store: EventStore;
  readonly verifier: Verifier;
  readonly fanOut: FanOut;
  readonly limits: RelayLimits;
  readonly stats: RelayStats;
  readonly nowSeconds: () => number;
  /** Told about failures of the store or the verifier; the client gets no details. */
  readonly onError: (error: unknown) => void;
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
const OVERLOADED = refuse('overloaded', 'error: overloaded, try again later');

const DECISIONS = {
  stored: STORED,
  duplicate: DUPLICATE,
  superseded: refuse('superseded', 'duplicate: a newer version is stored'),
  deleted: refuse('deleted', 'blocked: the author has deleted this event'),
  full: refuse('full', 'error: store is full'),
} as const;

/**
 * The way of an event into the relay: cheap checks first, then the hash, then the signature (which costs
 * fifty times the rest and runs elsewhere), then the store, and only then the subscribers.
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

  /** Takes an event of correct shape; the promise never rejects. */
  async publish(event: NostrEvent): Promise<Answer> {
    this.#inFlight++;
    const { outcome, answer } = await this.#decide(event).catch((error: unknown) => {
      this.#parts.onError(error);
      return refuse('error', 'error: internal failure, the event may or may not be stored');
    });
    this.#parts.stats.events[outcome]++;
    this.#inFlight--;
    if (this.#inFlight === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
    return answer;
  }

  async #decide(event: NostrEvent): Promise<Decision> {
    const { store, verifier, fanOut, stats } = this.#parts;
    const early = this.#decideEarly(event);
    if (early !== null) return early;
    const verdict = await verifier.verify(event);
    if (verdict === 'overloaded') return OVERLOADED;
    if (verdict === 'invalid') return refuse('invalid', 'invalid: signature does not verify');
    const stored = toStoredEvent(event);
    const isEphemeral = kindClass(event.kind) === 'ephemeral';
    const decision = isEphemeral ? EPHEMERAL : DECISIONS[await store.add(stored)];
    if (isEphemeral || decision === STORED) stats.deliveries += fanOut.publish(stored);
    return decision;
  }

  /** What can be decided without the signature; null where it cannot. */
  #decideEarly(event: NostrEvent): Decision | null {
    const { store, limits, nowSeconds } = this.#parts;
    const now = nowSeconds();
    const problem = eventProblem(event, limits, now);
    if (problem !== null) return refuse('invalid', `invalid: ${problem}`);
    if (store.knows(event.id)) return DUPLICATE;
    if (eventId(event) !== event.id) return refuse('invalid', 'invalid: id is not the hash of the event');
    const expires = kindClass(event.kind) !== 'ephemeral' && expirationOf(event.tags) <= now;
    return expires ? refuse('invalid', 'invalid: the event has expired') : null;
  }
}
