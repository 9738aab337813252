import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { maskUrl } from '../base/mask-url.ts';
import type { RunRecord } from '../record/schema.ts';
import { readAcknowledged } from './acknowledged-file.ts';
import { openReadConnection, type ReadConnection } from './read-connection.ts';

/** What reading everything back has shown. */
export type AuditResult = NonNullable<RunRecord['audit']>;

export interface AuditRequest {
  /** The file of acknowledged ids. */
  readonly file: string;
  /** Every relay process: what one of them does not have is lost. */
  readonly urls: readonly string[];
  readonly insecure: boolean;
  /** By which address the relays want to be authenticated to (NIP-42); their own where left out. */
  readonly authUrl?: string | undefined;
  /** Waits (ms) before what is missing is asked for again; 200, 1,000 and 3,000 unless given. */
  readonly retryAfterMs?: readonly number[];
  /** `max_limit` of the relays (NIP-11): no question asks for more; default: not known. */
  readonly maxLimit?: number | null;
  readonly onProgress?: (checked: number) => void;
  readonly signal?: AbortSignal;
}

/** Ids of one query: below what relays allow, a message of 7 KB. */
const BATCH = 100;
const QUERY_TIMEOUT_MS = 10_000;
/** A replica may be behind: what is missing is asked for again after these waits. */
const RETRY_AFTER_MS = [200, 1_000, 3_000];
/** Nothing is lost before so many questions for its one id have missed it. */
const LAST_QUESTIONS = 2;
/** Relays that are connected to, or asked, at the same time. */
const RELAYS_AT_ONCE = 16;
/** The record names at most so many; the counts are exact. */
const MOST_NAMED = 1_000;

/**
 * Reads every acknowledged event back by its id, over connections of its own, from every relay.
 * @throws RelayBenchError `AUDIT_FAILED` (exit 3) where a relay can't be asked; `AUDIT_FILE_INVALID`
 */
export async function audit(request: AuditRequest): Promise<AuditResult> {
  const { file, maxLimit, onProgress, signal, retryAfterMs = RETRY_AFTER_MS, urls } = request;
  const batch = Math.min(BATCH, maxLimit ?? BATCH);
  const connections = await openAll(request);
  const lost: string[] = [];
  let acknowledged = 0;
  let missing = 0;
  try {
    for await (const ids of readAcknowledged(file, batch)) {
      signal?.throwIfAborted();
      const gone = await missingOf(connections, ids, retryAfterMs);
      acknowledged += ids.length;
      missing += gone.length;
      lost.push(...gone.slice(0, MOST_NAMED - lost.length));
      onProgress?.(acknowledged);
    }
  } finally {
    for (const { connection } of connections) connection.close();
  }
  return { acknowledged, found: acknowledged - missing, lost, relays: urls.length };
}

type Access = Pick<AuditRequest, 'insecure' | 'authUrl'>;

interface Asked {
  readonly url: string;
  readonly connection: ReadConnection;
}

/** Connections to all, or to none: those that were opened are closed where another fails. */
async function openAll({ urls, ...access }: AuditRequest): Promise<Asked[]> {
  const limit = pLimit(RELAYS_AT_ONCE);
  const outcomes = await Promise.allSettled(urls.map((url) => limit(() => open(url, access))));
  const opened = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure === undefined) return opened;
  for (const { connection } of opened) connection.close();
  throw failure.reason;
}

async function open(url: string, { insecure, authUrl }: Access): Promise<Asked> {
  try {
    return {
      url,
      connection: await openReadConnection({ url, timeoutMs: QUERY_TIMEOUT_MS, insecure, authUrl }),
    };
  } catch (error) {
    throw failed(url, error);
  }
}

/** The ids that at least one relay does not have, however often it is asked. */
async function missingOf(
  relays: readonly Asked[],
  ids: readonly string[],
  retryAfterMs: readonly number[],
): Promise<string[]> {
  const limit = pLimit(RELAYS_AT_ONCE);
  const perRelay = await Promise.all(relays.map((relay) => limit(() => missingAt(relay, ids, retryAfterMs))));
  return [...new Set(perRelay.flat())];
}

/**
 * What a relay does not have. One that returns fewer events than it is asked for and does not say so is asked as long as
 * it comes up with more, and in the end for each id alone: an answer to one id can't be cut.
 */
async function missingAt(
  relay: Asked,
  ids: readonly string[],
  retryAfterMs: readonly number[],
): Promise<readonly string[]> {
  let missing = await askOn(relay, ids);
  for (const waitMs of retryAfterMs) {
    if (missing.length === 0) return missing;
    await sleep(waitMs);
    missing = await askOn(relay, missing);
  }
  const lost: string[] = [];
  for (const id of missing) if (await isLost(relay, id)) lost.push(id);
  return lost;
}

async function askOn(relay: Asked, ids: readonly string[]): Promise<readonly string[]> {
  let missing = await ask(relay, ids);
  for (let before = ids.length; missing.length > 0 && missing.length < before; ) {
    before = missing.length;
    missing = await ask(relay, missing);
  }
  return missing;
}

async function isLost(relay: Asked, id: string): Promise<boolean> {
  for (let question = 0; question < LAST_QUESTIONS; question++) {
    if ((await ask(relay, [id])).length === 0) return false;
  }
  return true;
}

async function ask({ url, connection }: Asked, ids: readonly string[]): Promise<readonly string[]> {
  try {
    const found = await connection.find(ids);
    return ids.filter((id) => !found.has(id));
  } catch (error) {
    throw failed(url, error);
  }
}

function failed(url: string, cause: unknown): RelayBenchError {
  return new RelayBenchError(`${maskUrl(url)} could not be audited: ${messageOf(cause)}`, {
    code: 'AUDIT_FAILED',
    hint: 'what was lost is not known: check that the relay is running, then run `relay-bench audit RUN.json`',
    exitCode: EXIT.unreachable,
    cause,
  });
}
