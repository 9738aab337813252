import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { maskUrl } from '../base/mask-url.ts';
import type { NostrEvent } from '../nostr/event.ts';
import type { FoundProofs } from './found-proofs.ts';
import { NotAskedError, patientConnection } from './patient-connection.ts';
import { openReadConnection, type ReadConnection, type ReadOptions } from './read-connection.ts';

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

/** A relay that may be away for a while. */
interface PatientPlace {
  /** What reports call it; its address where left out. */
  readonly name?: string;
  readonly url: string;
}

/** Relays that are connected to when they are asked, and asked again for `access.patienceMs` where they don't answer. */
export function patientRelays(places: readonly PatientPlace[], access: Access): AskedRelay[] {
  return places.map((place) => {
    const name = place.name === undefined ? maskUrl(place.url) : `${place.name} (${maskUrl(place.url)})`;
    const forged = new Set<string>();
    const options = optionsFor(place.url, access, forged);
    const { patienceMs } = access;
    return {
      name,
      connection: patientConnection({ name, patienceMs, open: () => openReadConnection(options) }),
      forged,
    };
  });
}

/** @param forged receives the ids of events with a wrong id or signature */
function optionsFor(url: string, { insecure, authUrl, proofs }: Access, forged: Set<string>): ReadOptions {
  return {
    ...{ url, timeoutMs: QUERY_TIMEOUT_MS, insecure, authUrl },
    onFound: (event: NostrEvent) => proofs?.look(event, forged),
  };
}

async function open(url: string, access: Access): Promise<AskedRelay> {
  const { patienceMs } = access;
  const forged = new Set<string>();
  const options = optionsFor(url, access, forged);
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
 * Asks every relay the same. Where it throws, nothing is asked any more.
 * @throws NotAskedError where one does not answer that may be away
 * @throws RelayBenchError `AUDIT_FAILED` where another one does not
 */
export async function askAll<T>(
  relays: readonly AskedRelay[],
  ask: (relay: AskedRelay, at: number) => Promise<T>,
): Promise<T[]> {
  const limit = pLimit(RELAYS_AT_ONCE);
  const asked = relays.map((relay, at) => limit(() => asking(relay, () => ask(relay, at))));
  const outcomes = await Promise.allSettled(asked);
  const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  const away = errors.filter((error) => error instanceof NotAskedError);
  if (away.length > 0 && away.length === errors.length) {
    throw new NotAskedError(new Map(away.flatMap(({ relays: names }) => [...names])));
  }
  if (errors.length > 0) throw errors.find((error) => !(error instanceof NotAskedError));
  return await Promise.all(asked);
}

async function asking<T>({ name }: AskedRelay, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const isTold = error instanceof RelayBenchError || error instanceof NotAskedError;
    throw isTold ? error : failed(name, error);
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
