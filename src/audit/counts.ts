import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../base/errors.ts';
import type { NostrEvent } from '../nostr/event.ts';
import type { Filter } from '../nostr/filter.ts';
import type { Violation } from '../record/audit-schema.ts';
import type { AskedRelay } from './relays.ts';
import { askAll } from './relays.ts';
import { type Checked, type Clock, checkedBy, notChecked } from './violation.ts';

export interface CountsRequest {
  readonly relays: readonly AskedRelay[];
  /** Ids of events that are there, from which the filters are made. */
  readonly ids: readonly string[];
  /** Whether the relay says that it can count. */
  readonly areCountsKnown: boolean;
  /** `max_limit` of the relay (NIP-11); null where it does not say. */
  readonly maxLimit: number | null;
  readonly clock: Clock;
  /** Before a question whose answers differ is asked again. */
  readonly againAfterMs: number;
}

/** Filters that are asked. */
const FILTERS = 20;
/** Events of one page of an answer. */
const PAGE = 100;
/** Pages of an answer that are read; what is longer is not compared. */
const PAGES = 50;
/** Answers that differ may have been made while something changed. */
const TRIES = 3;

/** I9: of some authors and kinds, COUNT says on every relay process how many events REQ returns there (NIP-45). */
export async function compareCounts(request: CountsRequest): Promise<Checked> {
  if (!request.areCountsKnown) return notChecked('the relay does not say that it supports NIP-45');
  const filters = await filtersOf(request);
  const answers = (await askAll(request.relays, (relay) => compareAt(relay, filters, request))).flat();
  const compared = answers.filter((answer) => answer !== null && 'isEqual' in answer);
  const refused = answers.find((answer) => answer !== null && 'refused' in answer);
  return checkedBy({
    checked: compared.length,
    violations: compared.flatMap(({ violation }) => (violation === null ? [] : [violation])),
    basis: `${filters.length} filters of an author and a kind, COUNT and REQ, when nothing was published any more`,
    reason: compared.length > 0 ? null : (refused?.refused ?? 'no answer could be compared'),
  });
}

async function filtersOf({ relays, ids }: CountsRequest): Promise<Filter[]> {
  const [first] = relays;
  if (first === undefined || ids.length === 0) return [];
  const [events = []] = await askAll([first], ({ connection }) =>
    connection.query({ ids: ids.slice(0, PAGE), limit: PAGE }),
  );
  const filters = new Map(
    events.map(({ pubkey, kind }) => [`${kind}:${pubkey}`, { authors: [pubkey], kinds: [kind] }]),
  );
  return [...filters.values()].slice(0, FILTERS);
}

type Compared =
  | { readonly isEqual: boolean; readonly violation: Violation | null }
  | { readonly refused: string }
  /** It can't be compared. */
  | null;

async function compareAt(
  relay: AskedRelay,
  filters: readonly Filter[],
  request: CountsRequest,
): Promise<Compared[]> {
  const answers: Compared[] = [];
  for (const filter of filters) {
    const answer = await compare(relay, filter, request);
    answers.push(answer);
    if (answer !== null && 'refused' in answer) break;
  }
  return answers;
}

async function compare(relay: AskedRelay, filter: Filter, request: CountsRequest): Promise<Compared> {
  let said = { count: 0, found: 0 };
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (attempt > 0) await sleep(request.againAfterMs);
    const both = await askBoth(relay, filter, request.maxLimit);
    if (both === null || 'refused' in both) return both;
    if (both.count === both.found) return { isEqual: true, violation: null };
    said = both;
  }
  return { isEqual: false, violation: differing(relay, filter, said, request.clock) };
}

interface Both {
  readonly count: number;
  readonly found: number;
}

/** COUNT and REQ; null where they can't be compared. */
async function askBoth(
  relay: AskedRelay,
  filter: Filter,
  maxLimit: number | null,
): Promise<Both | { readonly refused: string } | null> {
  const count = await countAt(relay, filter);
  if (count === null) return null;
  if (typeof count === 'string') return { refused: count };
  const read = await new Pages(relay, filter, maxLimit).read();
  return read === null || (read.mayBeCut && read.found < count) ? null : { count, found: read.found };
}

/** Null where it is an estimate, a text where it was refused. */
async function countAt({ connection }: AskedRelay, filter: Filter): Promise<number | string | null> {
  try {
    const { count, isApproximate } = await connection.count(filter);
    return isApproximate ? null : count;
  } catch (error) {
    return messageOf(error);
  }
}

interface ReadPages {
  readonly found: number;
  /** Whether the relay may hold back events without saying so: those of one second can't be asked for in parts. */
  readonly mayBeCut: boolean;
}

/** Reads an answer to its end, however few events a relay returns at once. */
class Pages {
  readonly #relay: AskedRelay;
  readonly #filter: Filter;
  readonly #maxLimit: number | null;
  readonly #limit: number;
  readonly #seen = new Set<string>();
  #largest = 0;
  #mayBeCut = false;
  #until: number | undefined;

  constructor(relay: AskedRelay, filter: Filter, maxLimit: number | null) {
    this.#relay = relay;
    this.#filter = filter;
    this.#maxLimit = maxLimit;
    this.#limit = Math.min(PAGE, maxLimit ?? PAGE);
  }

  /** Null where nobody can know how many there are. */
  async read(): Promise<ReadPages | null> {
    for (let page = 0; page < PAGES; page++) {
      const until = this.#until === undefined ? {} : { until: this.#until };
      const events = await this.#relay.connection.query({ ...this.#filter, limit: this.#limit, ...until });
      if (events.length === 0) return { found: this.#seen.size, mayBeCut: this.#mayBeCut };
      if (!this.#take(events)) return null;
    }
    return null;
  }

  /** @returns whether it can be read on */
  #take(events: readonly NostrEvent[]): boolean {
    const before = this.#seen.size;
    for (const { id } of events) this.#seen.add(id);
    const oldest = oldestOf(events);
    const isOneSecond = oldest === this.#until;
    if (isOneSecond && (this.#seen.size > before || events.length >= this.#limit)) return false;
    // A page that is no longer than one that came before shows nothing of where the relay cuts.
    if (isOneSecond && this.#maxLimit === null && events.length >= this.#largest) this.#mayBeCut = true;
    this.#largest = Math.max(this.#largest, events.length);
    this.#until = isOneSecond ? oldest - 1 : oldest;
    return true;
  }
}

function oldestOf(events: readonly NostrEvent[]): number {
  return events.reduce((oldest, { created_at }) => Math.min(oldest, created_at), Number.POSITIVE_INFINITY);
}

function differing(
  { name }: AskedRelay,
  filter: Filter,
  { count, found }: { readonly count: number; readonly found: number },
  clock: Clock,
): Violation {
  return {
    subject: JSON.stringify(filter),
    what: `COUNT says ${count} and REQ returns ${found}`,
    timeline: [{ atMs: Math.round(clock.nowMs()), what: `asked ${TRIES} times on ${name}` }],
  };
}
