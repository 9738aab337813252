import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { maskUrl } from '../base/mask-url.ts';
import type { NostrEvent } from '../nostr/event.ts';
import type { FoundProofs } from './found-proofs.ts';
import { openReadConnection, type ReadConnection } from './read-connection.ts';

/** A relay process that is asked. */
export interface AskedRelay {
  /** Its address without secrets. */
  readonly name: string;
  readonly connection: ReadConnection;
  /** Ids of events that it has returned with a wrong id or signature; left out where nobody looks. */
  readonly forged?: ReadonlySet<string>;
}

/** How relays are reached. */
export interface Access {
  readonly insecure: boolean;
  /** By which address they want to be authenticated to (NIP-42); their own where left out. */
  readonly authUrl?: string | undefined;
  /** For so long it is tried again where one can't be connected to: parts of a stack may still be coming back. */
  readonly patienceMs: number;
  /** Looks at what comes back; left out, nobody does. */
  readonly proofs?: FoundProofs;
}

const QUERY_TIMEOUT_MS = 10_000;
/** Relays that are connected to, or asked, at the same time. */
const RELAYS_AT_ONCE = 16;
const AGAIN_AFTER_MS = 500;

/**
 * Connections to all, or to none: those that were opened are closed where another fails.
 * @throws RelayBenchError `AUDIT_FAILED` (exit 3)
 */
export async function openRelays(urls: readonly string[], access: Access): Promise<AskedRelay[]> {
  const limit = pLimit(RELAYS_AT_ONCE);
  const outcomes = await Promise.allSettled(urls.map((url) => limit(() => open(url, access))));
  const opened = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure === undefined) return opened;
  closeAll(opened);
  throw failure.reason;
}

export function closeAll(relays: readonly AskedRelay[]): void {
  for (const { connection } of relays) connection.close();
}

async function open(url: string, access: Access): Promise<AskedRelay> {
  const { insecure, authUrl, patienceMs, proofs } = access;
  const forged = new Set<string>();
  const options = {
    ...{ url, timeoutMs: QUERY_TIMEOUT_MS, insecure, authUrl },
    onFound: (event: NostrEvent) => proofs?.look(event, forged),
  };
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      return { name: maskUrl(url), connection: await openReadConnection(options), forged };
    } catch (error) {
      if (performance.now() + AGAIN_AFTER_MS > until) throw failed(maskUrl(url), error);
      await sleep(AGAIN_AFTER_MS);
    }
  }
}

/**
 * Asks every relay the same.
 * @throws RelayBenchError `AUDIT_FAILED` where one does not answer
 */
export function askAll<T>(
  relays: readonly AskedRelay[],
  ask: (relay: AskedRelay, at: number) => Promise<T>,
): Promise<T[]> {
  const limit = pLimit(RELAYS_AT_ONCE);
  return Promise.all(relays.map((relay, at) => limit(() => asking(relay, () => ask(relay, at)))));
}

async function asking<T>({ name }: AskedRelay, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw error instanceof RelayBenchError ? error : failed(name, error);
  }
}

function failed(name: string, cause: unknown): RelayBenchError {
  return new RelayBenchError(`${name} could not be audited: ${messageOf(cause)}`, {
    code: 'AUDIT_FAILED',
    hint: 'what was lost is not known: check that the relay is running, then run `relay-bench audit RUN.json`',
    exitCode: EXIT.unreachable,
    cause,
  });
}
