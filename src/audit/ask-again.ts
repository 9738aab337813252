import { messageOf, RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { maskUrl } from '../base/mask-url.ts';
import { type Filter, parseFilter } from '../nostr/filter.ts';
import { compareNewestFirst } from '../nostr/kinds.ts';
import type { RunRecord } from '../record/schema.ts';
import { openReadConnection, type ReadConnection, type ReadOptions } from './read-connection.ts';

type Evidence = RunRecord['evidence'][string][number];

/** What a relay says now to the question of a case. */
export interface AskedAgain {
  /** What was asked: the filter of the case, or where it had none the ids that came. */
  readonly filter: Filter;
  /** Events of the answer. */
  readonly events: number;
  /** Whether they came newest first, ties with the lowest id first. */
  readonly isNewestFirst: boolean;
  /** Of the events that should have come, the ids that are there now. */
  readonly expectedThere: readonly string[];
  /** Of the events that came instead, the ids that come now too. */
  readonly gotAgain: readonly string[];
}

/** The relay that is asked, and how. */
export type AskedRelay = Pick<ReadOptions, 'url' | 'insecure' | 'authUrl'>;

const TIMEOUT_MS = 10_000;

/**
 * Asks a relay the questions of these cases again, one after the other.
 * @returns null for a case that asked nothing and got nothing
 * @throws RelayBenchError `EVIDENCE_NOT_ASKED` (exit 3) where the relay can't be asked
 */
export async function askAgain(
  relay: AskedRelay,
  cases: readonly Evidence[],
): Promise<readonly (AskedAgain | null)[]> {
  let connection: ReadConnection | null = null;
  try {
    connection = await openReadConnection({ ...relay, timeoutMs: TIMEOUT_MS });
    const answers: (AskedAgain | null)[] = [];
    for (const each of cases) answers.push(await ask(connection, each));
    return answers;
  } catch (cause) {
    throw new RelayBenchError(`${maskUrl(relay.url)} could not be asked again: ${messageOf(cause)}`, {
      code: 'EVIDENCE_NOT_ASKED',
      hint: 'check that the relay is running; --relay gives another address for it',
      exitCode: EXIT.unreachable,
      cause,
    });
  } finally {
    connection?.close();
  }
}

async function ask(
  connection: ReadConnection,
  { filter, expected, got }: Evidence,
): Promise<AskedAgain | null> {
  const ids = got.map(({ id }) => id);
  const asked = filter === null ? { ids } : parseFilter(filter).filter;
  if (asked === undefined || asked.ids?.length === 0) return null;
  const events = await connection.query(asked);
  const there = events.map(({ id }) => id);
  // Of some events a run keeps the beginning of the id alone.
  const isThere = (id: string): boolean => there.some((each) => each.startsWith(id));
  return {
    filter: asked,
    events: events.length,
    isNewestFirst: events.every(
      (event, at) => at === 0 || compareNewestFirst(events[at - 1] ?? event, event) <= 0,
    ),
    expectedThere: expected.map(({ id }) => id).filter(isThere),
    gotAgain: ids.filter(isThere),
  };
}
