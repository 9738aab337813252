import { DELETION_KIND, VANISH_KIND } from '../../nostr/kinds.ts';
import { AUTHOR_DIGITS, type EventFacts } from './event-facts.ts';
import { isAcknowledged, type Operation } from './operation.ts';

/** Whether an event is gone: surely, perhaps (then it may be there or not), or not at all. */
export type Removal =
  | { readonly is: 'sure'; readonly nip: RemovalNip; readonly because: string }
  | { readonly is: 'perhaps'; readonly because: string }
  | null;

/** NIPs by which events go: deletion, expiration, vanishing. */
export const REMOVAL_NIPS = [9, 40, 62] as const;
export type RemovalNip = (typeof REMOVAL_NIPS)[number];

interface Request {
  readonly isSure: boolean;
  readonly author: string;
  readonly created_at: number;
  /** Of the request. */
  readonly id: string;
}

/** An answer takes time, and the clocks of two machines differ: so near an expiration nothing is certain, in seconds. */
const EXPIRY_MARGIN_S = 2;
/** Whatever expires while a history is audited may be there or not, in seconds. */
const EXPIRY_HORIZON_S = 600;
/** Requests that can't be deleted themselves (NIP-09, NIP-62). */
const LASTING: ReadonlySet<number> = new Set([DELETION_KIND, VANISH_KIND]);

/** What the events of a history ask relays to forget: deletions (NIP-09), expirations (NIP-40), requests to vanish (NIP-62). */
export class Removals {
  readonly #ofIds = new Map<string, Request[]>();
  readonly #ofAddresses = new Map<string, Request[]>();
  readonly #ofAuthors = new Map<string, Request[]>();

  /** @param isCertain whether an acknowledgement means that the relay has heeded the request in this run */
  learn(operation: Operation, isCertain: boolean): void {
    const { author, created_at, id, special } = operation.facts;
    if (special === null) return;
    const isSure = isCertain && isAcknowledged(operation);
    const request: Request = { isSure, author, created_at, id };
    for (const target of special.deletes ?? []) put(this.#ofIds, target, request);
    for (const target of special.deletesAddresses ?? [])
      if (isOwn(target, author)) put(this.#ofAddresses, target, request);
    if (special.vanishes !== undefined)
      put(this.#ofAuthors, author, { ...request, isSure: isSure && special.vanishes === 'everywhere' });
  }

  /** @param now_s Unix seconds */
  of(facts: EventFacts, now_s: number): Removal {
    const all = [this.#vanishing(facts), this.#deletion(facts), expiry(facts, now_s)];
    return all.find((each) => each?.is === 'sure') ?? all.find((each) => each !== null) ?? null;
  }

  #deletion({ id, author, kind, created_at, special }: EventFacts): Removal {
    if (LASTING.has(kind)) return null;
    const byId = (this.#ofIds.get(id) ?? []).filter((request) => request.author === author);
    const address = special?.address;
    const byAddress =
      address === undefined
        ? []
        : (this.#ofAddresses.get(address) ?? []).filter((request) => request.created_at >= created_at);
    return strongest([...byId, ...byAddress], 9, 'deleted');
  }

  #vanishing({ author, created_at, id }: EventFacts): Removal {
    const requests = this.#ofAuthors.get(author) ?? [];
    // The request itself may be kept as a record, and need not.
    if (requests.some((request) => request.id === id))
      return { is: 'perhaps', because: 'a request to vanish' };
    return strongest(
      requests.filter((request) => request.created_at >= created_at),
      62,
      'vanished',
    );
  }
}

function strongest(requests: readonly Request[], nip: RemovalNip, verb: string): Removal {
  const sure = requests.find(({ isSure }) => isSure);
  if (sure !== undefined) return { is: 'sure', nip, because: `${verb} by ${sure.id}` };
  const [perhaps] = requests;
  return perhaps === undefined ? null : { is: 'perhaps', because: `perhaps ${verb} by ${perhaps.id}` };
}

function expiry({ special }: EventFacts, now_s: number): Removal {
  const at_s = special?.expiration;
  if (at_s === undefined || at_s > now_s + EXPIRY_HORIZON_S) return null;
  if (at_s > now_s - EXPIRY_MARGIN_S) return { is: 'perhaps', because: 'it expires about now' };
  return { is: 'sure', nip: 40, because: `expired at ${at_s}` };
}

function isOwn(address: string, author: string): boolean {
  return address.split(':')[1]?.slice(0, AUTHOR_DIGITS) === author;
}

function put(map: Map<string, Request[]>, key: string, request: Request): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [request]);
  else known.push(request);
}
