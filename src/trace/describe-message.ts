import { createHmac } from 'node:crypto';
import { parseClientMessage } from '../nostr/client-message.ts';
import type { NostrEvent } from '../nostr/event.ts';
import type { Filter } from '../nostr/filter.ts';
import { parseRelayMessage } from '../nostr/relay-message.ts';
import type { TracedEvent, TracedFilter, TraceStep } from './format.ts';

/** What is kept of what clients send. */
export interface Keeping {
  /** Ids, keys and values of tags as they are; otherwise they are mapped by a keyed hash. */
  readonly ids: boolean;
  /** Contents of events and words of searches. */
  readonly content: boolean;
  /** Of the hash; kept nowhere. */
  readonly key: Buffer;
}

type WithoutPlace<S> = S extends unknown ? Omit<S, 'atUs' | 'connection'> : never;
/** A step without when and where. */
export type Described = WithoutPlace<TraceStep>;

const DIGITS = 16;
/** Names of tags are words of a protocol; what is longer or has other signs is no name. */
const TAG_NAME = /^[a-zA-Z][a-zA-Z0-9_-]{0,19}$|^-$/;
/** Verbs that a trace names although nothing of them can be offered again. */
const OTHER_WORDS: ReadonlySet<string> = new Set(['NEG-OPEN', 'NEG-MSG', 'NEG-CLOSE']);

/** More than these are not waited for at once: a relay that answers nothing costs no memory. */
const MOST_UNANSWERED = 10_000;

/** Says what clients do without saying who they are and what they write. Of one connection: it numbers its subscriptions. */
export class MessageDescriber {
  readonly #keeping: Keeping;
  readonly #subscriptions = new Map<string, number>();
  /** What the client waits for an answer to: `E` and the id of an event, `S` or `C` and that of a REQ or COUNT. */
  readonly #unanswered = new Set<string>();
  #next = 0;

  constructor(keeping: Keeping) {
    this.#keeping = keeping;
  }

  /** Whether the client waits for no answer. */
  get isAnswered(): boolean {
    return this.#unanswered.size === 0;
  }

  /** The relay has sent this. */
  heard(text: string): void {
    const message = parseRelayMessage(text);
    if (message.type === 'OK') this.#unanswered.delete(`E${message.eventId}`);
    if (message.type === 'EOSE' || message.type === 'CLOSED')
      this.#unanswered.delete(`S${message.subscriptionId}`);
    if (message.type === 'COUNT' || message.type === 'CLOSED')
      this.#unanswered.delete(`C${message.subscriptionId}`);
  }

  /** @param now_s Unix seconds */
  describe(text: string, now_s: number): Described {
    const message = parseClientMessage(text);
    switch (message.type) {
      case 'EVENT':
        this.#wait(`E${message.event.id}`);
        return { what: 'EVENT', event: this.#event(message.event, now_s) };
      case 'REQ':
      case 'COUNT':
        this.#wait(`${message.type === 'REQ' ? 'S' : 'C'}${message.subscriptionId}`);
        return {
          what: message.type,
          subscription: this.#numberOf(message.subscriptionId),
          filters: message.filters.map((filter) => this.#filter(filter, now_s)),
        };
      case 'CLOSE':
        return this.#close(message.subscriptionId);
      case 'AUTH':
        return { what: 'AUTH' };
      default:
        return { what: 'other', word: OTHER_WORDS.has(message.type) ? message.type : 'invalid' };
    }
  }

  #numberOf(subscription: string): number {
    const known = this.#subscriptions.get(subscription);
    if (known !== undefined) return known;
    const number = this.#next++;
    this.#subscriptions.set(subscription, number);
    return number;
  }

  #wait(key: string): void {
    if (this.#unanswered.size < MOST_UNANSWERED) this.#unanswered.add(key);
  }

  #close(subscription: string): Described {
    const isAnswered = !this.#unanswered.delete(`S${subscription}`);
    return { what: 'CLOSE', subscription: this.#retire(subscription), isAnswered };
  }

  /** Clients take a new id for every question: those that are closed are forgotten. */
  #retire(subscription: string): number {
    const number = this.#numberOf(subscription);
    this.#subscriptions.delete(subscription);
    return number;
  }

  #mapped(text: string): string {
    const { ids, key } = this.#keeping;
    return ids ? text : createHmac('sha256', key).update(text).digest('hex').slice(0, DIGITS);
  }

  #event(event: NostrEvent, now_s: number): TracedEvent {
    return {
      id: this.#mapped(event.id),
      pubkey: this.#mapped(event.pubkey),
      kind: event.kind,
      created: event.created_at - now_s,
      tags: event.tags.map((tag) => this.#tag(tag, now_s)),
      bytes: Buffer.byteLength(event.content),
      ...(this.#keeping.content ? { content: event.content } : {}),
    };
  }

  #tag([name = '', ...values]: readonly string[], now_s: number): readonly string[] {
    const expires_s = name === 'expiration' ? Number(values[0]) : Number.NaN;
    // Relative, as all times of a trace are.
    if (Number.isSafeInteger(expires_s)) return [name, String(expires_s - now_s)];
    const known = TAG_NAME.test(name) ? name : this.#mapped(name);
    return [known, ...values.map((value) => (name === 'a' ? this.#address(value) : this.#mapped(value)))];
  }

  /** `kind:author:identifier` (NIP-01): its parts are mapped, so that it still is an address. */
  #address(value: string): string {
    const [, kind, author = '', identifier = ''] = /^(\d{1,5}):([0-9a-f]{64}):(.*)$/s.exec(value) ?? [];
    if (kind === undefined) return this.#mapped(value);
    return `${kind}:${this.#mapped(author)}:${identifier === '' ? '' : this.#mapped(identifier)}`;
  }

  #filter(filter: Filter, now_s: number): TracedFilter {
    const { ids, authors, kinds, since, until, limit, search } = filter;
    const tags = Object.entries(filter).flatMap(([key, values]) =>
      key.startsWith('#') ? [[key.slice(1), this.#values(key, values as readonly string[])] as const] : [],
    );
    return {
      ids: ids?.map((id) => this.#mapped(id)),
      authors: authors?.map((author) => this.#mapped(author)),
      kinds,
      since: since === undefined ? undefined : since - now_s,
      until: until === undefined ? undefined : until - now_s,
      limit,
      search: search === undefined || this.#keeping.content ? search : search.split(/\s+/).length,
      ...(tags.length === 0 ? {} : { tags: Object.fromEntries(tags) }),
    };
  }

  #values(key: string, values: readonly string[]): readonly string[] {
    return values.map((value) => (key === '#a' ? this.#address(value) : this.#mapped(value)));
  }
}
