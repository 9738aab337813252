import { invalid, type Values } from '../option-values.ts';

/** What makes a relay process an edge. */
export interface EdgeOptions {
  /** WebSocket URL of the relay whose events it serves. */
  readonly origin: string;
  /** Seconds for which what is held is served while the origin is away. */
  readonly maxStaleS: number;
}

const ROLES: readonly unknown[] = ['relay', 'edge'];
const MAX_STALE_S = 30;
/** A connection that says nothing is given up after three seconds: what is held has to last for longer. */
const MAX_STALE_LEAST_S = 5;
/** What an edge does not have. */
const SERVER_FLAGS = ['replica', 'redis', 'redis-cluster', 'cache', 'read-pool'] as const;

function originOf(values: Values): string {
  const origin = values['origin'];
  if (origin === undefined) {
    throw invalid('--role edge needs an origin', 'name the relay behind it with --origin ws://HOST:PORT');
  }
  const url = String(origin);
  if (/^wss?:\/\//.test(url) && URL.canParse(url)) return url;
  throw invalid(
    `--origin "${url.replace(/\/\/[^@/]*@/, '//***@')}" is not a ws:// or wss:// URL`,
    'for example --origin ws://10.0.0.1:7777',
  );
}

function maxStaleOf(values: Values): number {
  const text = String(values['max-stale-s'] ?? MAX_STALE_S);
  if (/^\d{1,6}$/.test(text) && Number(text) >= MAX_STALE_LEAST_S) return Number(text);
  throw invalid(
    `--max-stale-s "${text}" is not a number of seconds from ${MAX_STALE_LEAST_S} on`,
    `for example --max-stale-s ${MAX_STALE_S}`,
  );
}

function refuseServers(values: Values): void {
  if (String(values['store']) !== 'memory') {
    throw invalid('--store and --role edge exclude each other', 'an edge holds what its origin keeps');
  }
  const flag = SERVER_FLAGS.find((name) => values[name] !== undefined);
  if (flag !== undefined) {
    throw invalid(`--${flag} and --role edge exclude each other`, 'servers are named to the origin');
  }
}

/**
 * Reads the flags of an edge; null for a relay that keeps its events itself.
 * @throws RelayBenchError `RELAY_OPTION_INVALID`
 */
export function parseEdge(values: Values): EdgeOptions | null {
  const role = values['role'] ?? 'relay';
  if (!ROLES.includes(role)) throw invalid(`--role "${String(role)}" is unknown`, 'known: relay, edge');
  if (role === 'edge') {
    refuseServers(values);
    return { origin: originOf(values), maxStaleS: maxStaleOf(values) };
  }
  const flag = (['origin', 'max-stale-s'] as const).find((name) => values[name] !== undefined);
  if (flag !== undefined) throw invalid(`--${flag} needs --role edge`, 'a relay has no origin');
  return null;
}
