import { openReadConnection, type ReadConnection } from '../../audit/read-connection.ts';
import { messageOf } from '../../base/errors.ts';
import { corpusLines } from '../../corpus/replay/corpus-lines.ts';
import { ID_AT, kindOf } from '../../corpus/replay/event-line.ts';
import { kindClass } from '../../nostr/kinds.ts';
import type { NamedCorpus } from '../../plan/parts.ts';
import type { Plan } from '../../plan/plan.ts';
import type { TimeQuestion } from './choose-times.ts';

/** What of the events to be stored is there already. */
export interface Present {
  /** Their numbers. */
  readonly present: ReadonlySet<number>;
  readonly remarks: readonly string[];
}

const NOTHING: Present = { present: new Set(), remarks: [] };

/** Ids of one query: below what relays allow, a message of 7 KB. */
const BATCH = 100;
/** Events, evenly spread, of which none is on a relay that has never seen the corpus. */
const SAMPLE = 50;
const QUERY_TIMEOUT_MS = 10_000;

interface ToBeStored {
  readonly number: number;
  readonly id: string;
}

/**
 * Asks the relay by their ids which of the events to be stored it has from an earlier run. A relay that has none of a
 * sample is taken to have none.
 */
export async function findPresent(
  { plan, information, signal }: Pick<TimeQuestion, 'plan' | 'information' | 'signal'>,
  named: NamedCorpus,
): Promise<Present> {
  const wanted = plan.corpus.events === 0 ? [] : await toBeStored(named, plan.corpus.events);
  if (wanted.length === 0) return NOTHING;
  const batch = Math.min(BATCH, information?.limitation?.max_limit ?? BATCH);
  try {
    const connection = await open(plan);
    try {
      const sample = await presentOf(connection, spread(wanted, SAMPLE), { batch, signal });
      if (sample.size === 0) return NOTHING;
      return described(await presentOf(connection, wanted, { batch, signal }), wanted.length);
    } finally {
      connection.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    const reason = `it is not known whether the relay already has events of the corpus: ${messageOf(error)}`;
    return { present: new Set(), remarks: [reason] };
  }
}

function described(present: ReadonlySet<number>, wanted: number): Present {
  const have = present.size.toLocaleString('en-US');
  const remark = `${have} of the ${wanted.toLocaleString('en-US')} events to be stored were there already, from an earlier run`;
  return { present, remarks: [remark] };
}

async function open({ targets, connections }: Plan): Promise<ReadConnection> {
  const [url = ''] = targets;
  const { insecure, authUrl } = connections;
  return openReadConnection({ url, timeoutMs: QUERY_TIMEOUT_MS, insecure, authUrl: authUrl ?? undefined });
}

async function presentOf(
  connection: ReadConnection,
  events: readonly ToBeStored[],
  { batch, signal }: { readonly batch: number; readonly signal: AbortSignal },
): Promise<Set<number>> {
  const present = new Set<number>();
  for (let at = 0; at < events.length; at += batch) {
    signal.throwIfAborted();
    const asked = events.slice(at, at + batch);
    const found = await connection.find(asked.map(({ id }) => id));
    for (const { number, id } of asked) if (found.has(id)) present.add(number);
  }
  return present;
}

/** The first events of the corpus, without those that nobody stores. */
async function toBeStored({ file }: NamedCorpus, events: number): Promise<readonly ToBeStored[]> {
  const found: ToBeStored[] = [];
  if (file === null) return found;
  for await (const { first, lines } of corpusLines(file)) {
    for (const [at, line] of lines.entries()) {
      const number = first + at;
      if (number >= events) return found;
      if (kindClass(kindOf(line)) !== 'ephemeral')
        found.push({ number, id: line.toString('latin1', ID_AT, ID_AT + 64) });
    }
  }
  return found;
}

function spread<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, at) => list[Math.floor((at * list.length) / most)] as T);
}
