import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation } from '../judge/history/operation.ts';
import { isNewer, judgeVersions, type VersionFault } from '../judge/history/versions.ts';
import type { NostrEvent } from '../nostr/event.ts';
import type { Filter } from '../nostr/filter.ts';
import { replaceableAddress } from '../nostr/kinds.ts';
import type { Violation } from '../record/audit-schema.ts';
import type { Patience } from './patience.ts';
import { relaysText } from './read-back.ts';
import { type AskedRelay, askAll } from './relays.ts';
import { type Checked, type Clock, checkedBy, timelineOf } from './violation.ts';

/** An address and the newest version that was acknowledged. */
export interface AddressCase {
  readonly address: string;
  readonly newest: Operation;
}

export interface VersionsRequest {
  readonly relays: readonly AskedRelay[];
  readonly patience: Patience;
  /** Nothing more is read behind this (`performance.now()`). */
  readonly deadlineMs: number;
  readonly clock: Clock;
  /** What is called where it was read from; the relay processes where left out. */
  readonly place?: string;
  /** So many addresses are asked for one by one, as clients ask for them: what a cache holds depends on the question. */
  readonly single?: number;
  /** So many of the relays, from the first, are there to be compared with: what is wrong with themselves is not told. */
  readonly compared?: number;
}

/** Addresses of one question. */
const BATCH = 50;

/** What reading every address has shown. */
export interface VersionsRead {
  readonly I4: Checked;
  /** Newest acknowledged versions that every relay process keeps. */
  readonly kept: readonly Operation[];
  /** Those that some relay process does not keep, nor a newer one. */
  readonly lost: readonly Operation[];
}

/** I4: of every address each relay process keeps the same version, the newest that was acknowledged or a newer one. */
export async function readVersions(
  cases: readonly AddressCase[],
  request: VersionsRequest,
): Promise<VersionsRead> {
  const { relays, patience, deadlineMs, place = relaysText(relays.length) } = request;
  let wrong: AddressCase[] = [];
  let checked = 0;
  const kept: Operation[] = [];
  for (const part of questions(cases, request.single ?? 0)) {
    if (performance.now() > deadlineMs) break;
    checked += part.cases.length;
    const answers = await askAll(relays, ({ connection }) => connection.query(part.filter));
    wrong.push(...part.cases.filter((each) => faultsOf(each, answers, request).length > 0));
    kept.push(...part.cases.filter((each) => isKept(each, answers)).map(({ newest }) => newest));
  }
  let faults = await lookAgain(wrong, request);
  for (const waitMs of patience.waits()) {
    if (faults.size === 0) break;
    await sleep(waitMs);
    wrong = [...faults.keys()];
    faults = await lookAgain(wrong, request);
    patience.progressed(faults.size < wrong.length);
  }
  const I4 = checkedBy({
    checked,
    violations: [...faults].map(([each, found]) => violationOf(each, found, request)),
    basis: `the newest version of each address, from ${place}`,
    isCut: checked < cases.length,
    reason: checked < cases.length ? 'time was up before all addresses were read' : reasonOf(checked),
  });
  const stale = [...faults].filter(([, found]) => found.some(({ kind }) => kind === 'stale'));
  return { I4, kept, lost: stale.map(([{ newest }]) => newest) };
}

/** Whether every answer has the newest acknowledged version, and not a newer one of another client. */
function isKept({ address, newest }: AddressCase, answers: readonly (readonly NostrEvent[])[]): boolean {
  return answers.every((events) => newestOf(address, events)?.id === newest.facts.id);
}

function reasonOf(checked: number): string | null {
  return checked === 0 ? 'no replaceable event was acknowledged that nothing deletes' : null;
}

interface AddressQuestion {
  readonly filter: Filter;
  readonly cases: readonly AddressCase[];
}

/** Addresses that one filter can ask for together: of a kind, and of its author where they have identifiers. */
function* questions(cases: readonly AddressCase[], single: number): Generator<AddressQuestion> {
  for (const each of cases.slice(0, single)) yield { filter: filterFor([each]), cases: [each] };
  const groups = groupBy(cases.slice(single), groupOf);
  for (const group of groups.values()) {
    for (let from = 0; from < group.length; from += BATCH) {
      const part = group.slice(from, from + BATCH);
      yield { filter: filterFor(part), cases: part };
    }
  }
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function groupOf({ address }: AddressCase): string {
  const { kind, pubkey, identifier } = partsOf(address);
  return identifier === '' ? `${kind}` : `${kind}:${pubkey}`;
}

function filterFor(cases: readonly AddressCase[]): Filter {
  const parts = cases.map(({ address }) => partsOf(address));
  const kinds = [...new Set(parts.map(({ kind }) => kind))];
  const authors = [...new Set(parts.map(({ pubkey }) => pubkey))];
  const identifiers = parts.map(({ identifier }) => identifier);
  const filter = { kinds, authors, limit: cases.length };
  // An event without a `d` tag has the empty identifier, and no filter finds it by that.
  return identifiers.includes('') ? filter : { ...filter, '#d': identifiers };
}

function partsOf(address: string): { kind: number; pubkey: string; identifier: string } {
  const [kind = '', pubkey = '', ...identifier] = address.split(':');
  return { kind: Number(kind), pubkey, identifier: identifier.join(':') };
}

function faultsOf(
  { address, newest }: AddressCase,
  answers: readonly (readonly NostrEvent[])[],
  { compared = 0 }: VersionsRequest,
): VersionFault[] {
  const kept = answers.map((events) => newestOf(address, events));
  return judgeVersions(newest.facts, kept).filter(({ relay }) => relay >= compared);
}

function newestOf(address: string, events: readonly NostrEvent[]): NostrEvent | null {
  const versions = events.filter((event) => replaceableAddress(event) === address);
  return versions.reduce<NostrEvent | null>((best, event) => (isNewer(event, best) ? event : best), null);
}

/** One by one: an answer to several may have been cut, or hold old versions of some. */
async function lookAgain(
  cases: readonly AddressCase[],
  request: VersionsRequest,
): Promise<Map<AddressCase, readonly VersionFault[]>> {
  const wrong = new Map<AddressCase, readonly VersionFault[]>();
  for (const each of cases) {
    const filter = { ...filterFor([each]), limit: SINGLE_LIMIT };
    const answers = await askAll(request.relays, ({ connection }) => connection.query(filter));
    const faults = faultsOf(each, answers, request);
    if (faults.length > 0) wrong.set(each, faults);
  }
  return wrong;
}

/** More than one: where no `d` tag can be asked for, events of other addresses come too. */
const SINGLE_LIMIT = 500;

function violationOf(
  { address, newest }: AddressCase,
  faults: readonly VersionFault[],
  { relays, clock }: VersionsRequest,
): Violation {
  const [first] = faults;
  const found = faults.map(({ relay, got }) => {
    const name = relays[relay]?.name ?? '';
    return got === null ? `no version on ${name}` : `${got.id} of ${got.created_at} on ${name}`;
  });
  return {
    subject: newest.facts.id,
    kind: newest.facts.kind,
    what:
      first?.kind === 'diverging'
        ? `relay processes keep different versions of ${address}`
        : `the newest acknowledged version of ${address} is not the one that is kept`,
    timeline: timelineOf(newest, found.join('; '), clock),
  };
}
