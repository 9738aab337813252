import type { EvidenceRef } from '../../judge/observations.ts';
import type { NostrEvent } from '../../nostr/event.ts';
import { type Filter, FilterMatcher } from '../../nostr/filter.ts';
import { receivedEvent } from '../../nostr/received-event.ts';
import type { CaseSink } from '../case-sink.ts';
import { shortId } from '../short-id.ts';
import { LIVE_SUBSCRIPTION } from './live-subscription.ts';

/** An accepted event that did not reach all who had asked for it. */
export interface MissedEvent {
  readonly topic: number;
  /** Hex digits 0–7 and 8–15 of its id. */
  readonly idHigh: number;
  readonly idLow: number;
  /** Subscribers of its topic. */
  readonly expected: number;
  /** Those that it did not reach, although the relay owed it to them. */
  readonly missing: readonly number[];
}

/** What live subscriptions ask for, and the cases of deliveries that are against it. */
export class DeliveryCases {
  readonly #cases: CaseSink;
  #filterOf: (topic: number) => Filter = () => ({});
  readonly #matchers = new Map<number, FilterMatcher>();

  constructor(cases: CaseSink) {
    this.#cases = cases;
  }

  /** The filters of the subscriptions, by topic. */
  useFilters(filterOf: (topic: number) => Filter): void {
    this.#filterOf = filterOf;
    this.#matchers.clear();
  }

  /** Whether the subscription to a topic asks for the event. */
  matches(topic: number, event: NostrEvent): boolean {
    const known = this.#matchers.get(topic) ?? new FilterMatcher(this.#filterOf(topic));
    this.#matchers.set(topic, known);
    return known.matches(event);
  }

  /** A subscriber of the topic got an event that it did not ask for, or one for the second time. */
  got(
    counter: 'deliveries_unmatched' | 'deliveries_duplicate',
    { connection, topic }: { readonly connection: number; readonly topic: number },
    frame: Buffer,
  ): void {
    if (!this.#cases.wants(counter)) return;
    const event = receivedEvent(frame);
    const got = event === null ? [] : [{ id: event.id, kind: event.kind }];
    const filter = this.#filterOf(topic);
    const note = counter === 'deliveries_duplicate' ? { note: 'it had come to this subscriber before' } : {};
    const asked = { connection, subscription: LIVE_SUBSCRIPTION, filter };
    this.#cases.add(counter, { ...asked, expected: [], got, ...note });
  }

  /** Whether a further case of a missing delivery is kept; finding out who misses it costs something. */
  get wantsMissing(): boolean {
    return this.#cases.wants('deliveries_missing');
  }

  missing({ topic, idHigh, idLow, expected, missing }: MissedEvent): void {
    const [connection] = missing;
    if (connection === undefined || !this.wantsMissing) return;
    const filter = this.#filterOf(topic);
    this.#cases.add('deliveries_missing', {
      connection,
      subscription: LIVE_SUBSCRIPTION,
      filter,
      expected: [referenceTo(shortId(idHigh, idLow), filter)],
      got: [],
      note: `the relay accepted the event, and ${missing.length} of ${expected} subscribers did not get it`,
    });
  }
}

/** The kind follows from the filter where that names one. */
function referenceTo(id: string, { kinds = [] }: Filter): EvidenceRef {
  const [kind] = kinds;
  return kind === undefined || kinds.length > 1 ? { id } : { id, kind };
}
