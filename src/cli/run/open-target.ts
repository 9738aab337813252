import type { PrimaryClaim } from '../../audit/from-record.ts';
import type { WatchedProcess } from '../../observe/sample-processes.ts';
import { type EmbeddedRelay, startEmbeddedRelay } from '../../stack/embedded-relay.ts';
import { type ResolvedTarget, resolveTargets } from '../target.ts';

/** The relays that a run loads. */
export interface OpenTarget {
  readonly kind: 'embedded' | 'url' | 'stack';
  readonly relays: readonly ResolvedTarget[];
  /** Processes that this run started and whose resources it reports. */
  readonly processes: readonly WatchedProcess[];
  /** Addresses of the relay processes behind `relays`, where they are others. */
  readonly relayAddresses?: readonly string[];
  /** Asks the databases behind them, where this program has started those, whether they take themselves for the primary. */
  readonly askPrimaries?: () => Promise<readonly PrimaryClaim[]>;
  /** Stops what was started; nothing for relays of the user. */
  close(how: Closing): Promise<void>;
}

/** `hard` follows a second signal: what does not end within the time of a hard stop is killed. */
export type Closing = 'orderly' | 'hard';

/** Leaves some of the two seconds of a hard stop for what follows. */
const HARD_GRACE_MS = 1_500;

/** The clients of a load do not authenticate, and what they publish is to be found and delivered whatever its kind. */
const FLAGS_FOR_LOAD = ['--open-gift-wraps'];

/** Starts the embedded relay; tests pass another one. */
export type StartRelay = () => Promise<EmbeddedRelay>;

/**
 * The user's relays as they are, or the embedded relay, started.
 * @throws RelayBenchError `EMBEDDED_RELAY_FAILED`
 */
export async function openTarget(
  given: readonly ResolvedTarget[],
  startRelay: StartRelay = () => startEmbeddedRelay({ args: FLAGS_FOR_LOAD }),
): Promise<OpenTarget> {
  if (given.length > 0) return { kind: 'url', relays: given, processes: [], close: async () => undefined };
  const relay = await startRelay();
  return {
    kind: 'embedded',
    relays: await resolveTargets([relay.url]),
    processes: [{ name: 'relay', role: 'embedded reference relay', pid: relay.pid }],
    close: (how) => relay.stop(how === 'hard' ? HARD_GRACE_MS : undefined),
  };
}
