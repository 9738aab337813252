import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { getHeapStatistics } from 'node:v8';
import { own } from '../base/own.ts';
import { RELAY_LIMIT_FLAGS, type RelayLimitFlag } from '../base/relay-limit-flags.ts';
import { VERIFIER_CHOICES, type VerifierChoice } from '../base/verifier-choice.ts';
import { type EdgeOptions, parseEdge } from './edge/edge-options.ts';
import type { MetricsAddress } from './http/metrics-server.ts';
import { parseNetwork } from './limits/client-address.ts';
import { DEFAULT_LIMITS, type RelayLimits } from './limits/limits.ts';
import { invalid, listOf, type Values } from './option-values.ts';
import { type RelaySecrets, readSecrets } from './secrets.ts';
import { parseServers, type ServerOptions } from './server-options.ts';

/** Everything that a relay process is told. */
export interface RelayOptions extends ServerOptions {
  readonly host: string;
  /** 0 lets the system choose a free one. */
  readonly port: number;
  /** What it is an edge of; null for a relay that keeps its events itself. */
  readonly edge: EdgeOptions | null;
  /** Estimated bytes at which the memory store answers `full`, and that an edge may hold. */
  readonly memoryLimitBytes: number;
  /** False accepts every signature (ids are still checked); for benchmarks. */
  readonly verify: boolean;
  readonly verifyWorkers: number;
  /** What checks signatures in those threads. */
  readonly verifier: VerifierChoice;
  readonly limits: RelayLimits;
  /** False serves gift wraps (NIP-59) to everybody, not only to their authenticated recipients; for benchmarks. */
  readonly hidesGiftWraps: boolean;
  /** Where clients reach the relay, besides the address that it listens on: AUTH (NIP-42) must name one of them. */
  readonly publicUrls: readonly string[];
  /** Addresses whose `X-Forwarded-For` is believed; a network as `10.0.0.0/8`. */
  readonly trustedProxies: readonly string[];
  /** Where `/metrics` is served; null where it is not. */
  readonly metrics: MetricsAddress | null;
  /** Where a thread of its own answers `/health`; null where none does. */
  readonly liveness: MetricsAddress | null;
  readonly secrets: RelaySecrets;
  /** Whether permessage-deflate (RFC 7692) is accepted where it is offered. */
  readonly compression: boolean;
  /** Stop when standard input ends: the parent process is gone. */
  readonly exitWithParent: boolean;
}

/** The limit that each flag sets. */
const LIMIT_FLAGS = {
  'max-message-bytes': 'maxMessageBytes',
  'max-connections': 'maxConnections',
  'max-subscriptions': 'maxSubscriptions',
  'max-filters': 'maxFilters',
  'max-filter-values': 'maxFilterValues',
  'max-request-values': 'maxRequestValues',
  'max-tag-conditions': 'maxTagConditions',
  'max-filter-bytes': 'maxFilterBytes',
  'max-filter-bytes-total': 'maxFilterBytesTotal',
  'query-deadline-s': 'queryDeadlineS',
  'max-live-searches': 'maxLiveSearches',
  'max-limit': 'maxLimit',
  'default-limit': 'defaultLimit',
  'max-event-tags': 'maxEventTags',
  'max-content-length': 'maxContentLength',
  'created-at-ahead-s': 'createdAtAheadS',
  'max-backlog-bytes': 'maxBacklogBytes',
  'max-backlog-bytes-total': 'maxBacklogBytesTotal',
  'max-invalid-signatures': 'maxInvalidSignatures',
  'verify-queue-max': 'verifyQueueMax',
  'min-pow-difficulty': 'minPowDifficulty',
  'max-neg-records': 'maxNegRecords',
  'max-neg-sessions': 'maxNegSessions',
  'neg-idle-s': 'negIdleS',
  'message-deadline-s': 'messageDeadlineS',
  'handshake-deadline-s': 'handshakeDeadlineS',
  'max-malformed-per-s': 'maxMalformedPerS',
  'max-pings-per-s': 'maxPingsPerS',
  'max-connections-per-ip': 'maxConnectionsPerIp',
  'max-events-per-s': 'maxEventsPerS',
  'max-events-per-s-per-ip': 'maxEventsPerSPerIp',
  'max-reqs-per-s': 'maxReqsPerS',
  'max-reqs-per-s-per-ip': 'maxReqsPerSPerIp',
} as const satisfies Record<RelayLimitFlag, keyof RelayLimits>;

const DEFAULT_MEMORY_LIMIT_BYTES = 512 * 2 ** 20;
/** The part of the heap that events may fill; the rest is for connections and for collecting garbage. */
const HEAP_SHARE = 0.7;

const FLAGS = {
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '0' },
  store: { type: 'string', default: 'memory' },
  role: { type: 'string' },
  origin: { type: 'string' },
  'max-stale-s': { type: 'string' },
  replica: { type: 'string', multiple: true },
  'read-pool': { type: 'string' },
  'without-indexes': { type: 'boolean', default: false },
  redis: { type: 'string' },
  'redis-cluster': { type: 'string', multiple: true },
  cache: { type: 'string' },
  'relay-id': { type: 'string' },
  'metrics-host': { type: 'string', default: '127.0.0.1' },
  'metrics-port': { type: 'string' },
  'liveness-port': { type: 'string' },
  secrets: { type: 'string' },
  'memory-limit': { type: 'string' },
  'no-verify': { type: 'boolean', default: false },
  'verify-workers': { type: 'string', default: String(Math.max(1, availableParallelism() - 1)) },
  verifier: { type: 'string' },
  compression: { type: 'boolean', default: false },
  'exit-with-parent': { type: 'boolean', default: false },
  'open-gift-wraps': { type: 'boolean', default: false },
  'public-url': { type: 'string', multiple: true },
  'trust-proxy': { type: 'string', multiple: true },
} as const;

const PORT_MAX = 65_535;

function wholeNumber(values: Values, flag: string, fallback: number): number {
  const text = own(values, flag) ?? String(fallback);
  if (typeof text === 'string' && /^\d{1,15}$/.test(text)) return Number(text);
  throw invalid(`--${flag} "${text}" is not a whole number`, `for example --${flag} ${fallback}`);
}

function portOf(values: Values, flag: 'port' | 'metrics-port' | 'liveness-port'): number {
  const port = wholeNumber(values, flag, 0);
  if (port <= PORT_MAX) return port;
  throw invalid(
    `--${flag} "${port}" is above ${PORT_MAX}`,
    'leave it out to let the system choose a free one',
  );
}

function workersOf(values: Values): number {
  const workers = wholeNumber(values, 'verify-workers', 1);
  if (workers >= 1) return workers;
  throw invalid('--verify-workers must be at least 1', 'use --no-verify to accept any signature');
}

function verifierOf(values: Values): VerifierChoice {
  const text = values['verifier'];
  if (text === undefined) return 'auto';
  if (values['no-verify'] === true) {
    throw invalid('--verifier and --no-verify exclude each other', 'leave one of them out');
  }
  const choice = VERIFIER_CHOICES.find((each) => each === text);
  if (choice !== undefined) return choice;
  throw invalid(`--verifier "${text}" is unknown`, `known: ${VERIFIER_CHOICES.join(', ')}`);
}

/** An address beside that of the clients. */
function operatorAddress(values: Values, flag: 'metrics-port' | 'liveness-port'): MetricsAddress | null {
  if (values[flag] === undefined) return null;
  return { host: String(values['metrics-host']), port: portOf(values, flag) };
}

function secretsPathOf(values: Values): string | null {
  const path = values['secrets'];
  return path === undefined ? null : String(path);
}

const UNIT_BYTES: Readonly<Record<string, number>> = { '': 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 };

function byteCount(text: string): number {
  const match = /^(\d{1,12})(|KB|MB|GB)$/.exec(text);
  const unit = own(UNIT_BYTES, match?.[2] ?? 'none');
  if (unit === undefined) throw invalid(`--memory-limit "${text}" is not a size`, 'for example 512MB or 2GB');
  return Number(match?.[1]) * unit;
}

/** The memory limit, which this process must be able to keep: V8 ends a process whose heap is full. */
function memoryLimitOf(values: Values): number {
  const most = Math.floor(getHeapStatistics().heap_size_limit * HEAP_SHARE);
  const text = values['memory-limit'];
  if (text === undefined) return Math.min(DEFAULT_MEMORY_LIMIT_BYTES, most);
  const bytes = byteCount(String(text));
  if (bytes <= most) return bytes;
  throw invalid(
    `--memory-limit ${text} is more than the heap of this process can hold (${Math.floor(most / 2 ** 20)}MB)`,
    'set NODE_OPTIONS=--max-old-space-size=MEBIBYTES to allow more',
  );
}

function publicUrlsOf(values: Values): string[] {
  const urls = listOf(values, 'public-url');
  const wrong = urls.find((url) => !/^wss?:/.test(url) || !URL.canParse(url));
  if (wrong === undefined) return urls;
  throw invalid(
    `--public-url "${wrong}" is not a ws:// or wss:// URL`,
    'for example wss://relay.example.com',
  );
}

function trustedProxiesOf(values: Values): string[] {
  const networks = listOf(values, 'trust-proxy');
  const wrong = networks.find((network) => parseNetwork(network) === null);
  if (wrong === undefined) return networks;
  throw invalid(
    `--trust-proxy "${wrong}" is not an address or network`,
    'for example 127.0.0.1 or 10.0.0.0/8',
  );
}

function parseFlags(args: readonly string[]): Values {
  const limits = Object.fromEntries(
    Object.keys(RELAY_LIMIT_FLAGS).map((flag) => [flag, { type: 'string' } as const]),
  );
  try {
    return parseArgs({ args: [...args], options: { ...FLAGS, ...limits }, strict: true }).values;
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : String(error), 'see docs/relay.md for the flags');
  }
}

function parseLimits(values: Values): RelayLimits {
  const set = Object.entries(LIMIT_FLAGS).map(([flag, name]) => [
    name,
    wholeNumber(values, flag, DEFAULT_LIMITS[name]),
  ]);
  return { ...DEFAULT_LIMITS, ...Object.fromEntries(set) };
}

/**
 * Reads the command line of the relay program, and the secrets that it names.
 * @param env where the secrets may stand too
 * @throws RelayBenchError `RELAY_OPTION_INVALID`
 */
export function parseRelayOptions(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): RelayOptions {
  const values = parseFlags(args);
  return {
    host: String(values['host']),
    port: portOf(values, 'port'),
    edge: parseEdge(values),
    ...parseServers(values),
    memoryLimitBytes: memoryLimitOf(values),
    verify: values['no-verify'] !== true,
    verifyWorkers: workersOf(values),
    verifier: verifierOf(values),
    limits: parseLimits(values),
    hidesGiftWraps: values['open-gift-wraps'] !== true,
    publicUrls: publicUrlsOf(values),
    trustedProxies: trustedProxiesOf(values),
    metrics: operatorAddress(values, 'metrics-port'),
    liveness: operatorAddress(values, 'liveness-port'),
    secrets: readSecrets(secretsPathOf(values), env),
    compression: values['compression'] === true,
    exitWithParent: values['exit-with-parent'] === true,
  };
}
