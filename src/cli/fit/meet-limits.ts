import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { messageBytesAround } from '../../corpus/event-template.ts';
import type { RelayInformation } from '../../nostr/nip11.ts';
import { plannedWorkloads } from '../../plan/each-workload.ts';
import { openSubscriptions } from '../../plan/open-subscriptions.ts';
import type { Plan } from '../../plan/plan.ts';

export interface LimitsQuestion {
  readonly plan: Plan;
  /** What the relay says of itself (NIP-11); null where it says nothing. */
  readonly information: RelayInformation | null;
}

/** Characters of an id or a key in a filter, with its quotes and a comma. */
const VALUE_BYTES = 67;

/**
 * What a reader must know where the relay does not promise all that the run needs: a NIP that it does not list, a limit that
 * it cuts, events that may be too long for it.
 * @throws RelayBenchError `SUBSCRIPTIONS_BEYOND_LIMIT`, `MESSAGE_BEYOND_LIMIT` (exit 3) where the relay says beforehand that it
 *   can't serve the load
 */
export function meetLimits(question: LimitsQuestion): readonly string[] {
  requireSubscriptions(question);
  requireMessages(question);
  return [...missingNips(question), ...cutLimits(question), ...longEvents(question)];
}

function requireSubscriptions({ plan, information }: LimitsQuestion): void {
  const most = limitOf(information?.limitation?.max_subscriptions);
  const over = openSubscriptions(plan).find(({ atOnce }) => atOnce > most);
  if (over === undefined) return;
  const { connections, atOnce, workloads } = over;
  const last = connections.first + connections.count - 1;
  throw new RelayBenchError(
    `connections ${connections.first} to ${last} need ${atOnce} subscriptions at once (${workloads.join(', ')}), and the relay takes ${most} of a connection (max_subscriptions, NIP-11)`,
    {
      code: 'SUBSCRIPTIONS_BEYOND_LIMIT',
      hint: `give ${workloads.length > 1 ? 'these workloads connections of their own (`connections` of each)' : 'each connection fewer'}, or raise the limit of the relay`,
      exitCode: EXIT.unreachable,
    },
  );
}

function requireMessages({ plan, information }: LimitsQuestion): void {
  const most = limitOf(information?.limitation?.max_message_length);
  requireContents(plan, limitOf(information?.limitation?.max_content_length));
  const over = [...eventMessages(plan), ...filterMessages(plan)].find(({ bytes }) => bytes > most);
  if (over === undefined) return;
  throw new RelayBenchError(
    `${over.what} makes messages of ${over.bytes} bytes, and the relay takes ${most} (max_message_length, NIP-11)`,
    {
      code: 'MESSAGE_BEYOND_LIMIT',
      hint: `lower ${over.key}, or raise the limit of the relay`,
      exitCode: EXIT.unreachable,
    },
  );
}

interface Message {
  readonly what: string;
  readonly key: string;
  /** At least so long. */
  readonly bytes: number;
}

/** Events of one sort that are signed for the run are all of one length; `limit` is never beyond it. */
function eventMessages(plan: Plan): readonly Message[] {
  return sizedSorts(plan).map(({ kind, contentBytes, ...sort }) => ({
    ...sort,
    bytes: messageBytesAround(kind, 0) + contentBytes,
  }));
}

/** The contents are ASCII: a byte is a character. */
function requireContents(plan: Plan, most: number): void {
  const over = sizedSorts(plan).find(({ contentBytes }) => contentBytes > most);
  if (over === undefined) return;
  throw new RelayBenchError(
    `${over.what} makes contents of ${over.contentBytes} characters, and the relay takes ${most} (max_content_length, NIP-11)`,
    {
      code: 'MESSAGE_BEYOND_LIMIT',
      hint: `lower ${over.key}, or raise the limit of the relay`,
      exitCode: EXIT.unreachable,
    },
  );
}

interface SizedSort extends Omit<Message, 'bytes'> {
  readonly kind: number;
  readonly contentBytes: number;
}

function sizedSorts({ workloads: { publish } }: Plan): readonly SizedSort[] {
  if (publish === undefined || publish.replay !== null) return [];
  return publish.sorts.flatMap(({ name, kind, contentBytes }) => {
    if (contentBytes === 'limit') return [];
    const what = name === null ? 'publish' : `events ${name} of publish`;
    const key = name === null ? 'workloads.publish.contentBytes' : 'workloads.publish.events';
    return [{ what, key, kind, contentBytes }];
  });
}

function filterMessages({ workloads }: Plan): readonly Message[] {
  return filtersIn(workloads).map(({ workload, name, filter }) => {
    const values = Object.entries(filter)
      .filter(([key, value]) => key !== 'limit' && key !== '#t' && typeof value === 'number')
      .filter(([key]) => ['ids', 'authors'].includes(key) || key.startsWith('#'))
      .reduce((sum, [, value]) => sum + Number(value) * VALUE_BYTES, 0);
    const bytes = JSON.stringify(filter).length + values;
    return { what: `the filter ${name} of ${workload}`, key: `workloads.${workload}.filters`, bytes };
  });
}

/** NIPs that workloads need and the relay does not list, one sentence each; none where it lists nothing at all. */
export function missingNips({ plan, information }: LimitsQuestion): readonly string[] {
  const listed = information?.supported_nips;
  if (listed === undefined) return [];
  return plannedWorkloads(plan.workloads).flatMap(({ name, planner }) =>
    planner.nips
      .filter((nip) => !listed.includes(nip))
      .map((nip) => `the relay does not list NIP-${nip}, which ${name} needs: it may answer nothing of it`),
  );
}

function cutLimits({ plan, information }: LimitsQuestion): readonly string[] {
  const most = limitOf(information?.limitation?.max_limit);
  const cut = filtersIn(plan.workloads).filter(({ filter }) => Number(filter['limit'] ?? 0) > most);
  if (cut.length === 0) return [];
  const names = [...new Set(cut.map(({ name, filter }) => `${name} (${String(filter['limit'])})`))].join(
    ', ',
  );
  return [`the relay cuts answers to ${most} events (max_limit, NIP-11), fewer than ${names} may ask for`];
}

/** A corpus is published as it is: what is too long is refused, which says nothing against the relay. */
function longEvents({ plan, information }: LimitsQuestion): readonly string[] {
  const most = limitOf(information?.limitation?.max_message_length);
  const longest = plan.corpus.named?.maxEventBytes ?? 0;
  if (longest <= most) return [];
  return [
    `the relay takes messages of ${most} bytes (max_message_length, NIP-11), and the longest event of the corpus has ${longest}: it may refuse some`,
  ];
}

interface AskedFilter {
  readonly workload: string;
  readonly name: string;
  readonly filter: Readonly<Record<string, unknown>>;
}

function filtersIn(workloads: Plan['workloads']): readonly AskedFilter[] {
  return Object.entries(workloads).flatMap(([workload, part]) =>
    'filters' in part
      ? part.filters.map(({ name, filter }) => ({ workload, name, filter: { ...filter } }))
      : [],
  );
}

/** Relays that limit nothing announce 0, or nothing at all. */
function limitOf(value: number | undefined): number {
  return value === undefined || value <= 0 ? Number.POSITIVE_INFINITY : value;
}
