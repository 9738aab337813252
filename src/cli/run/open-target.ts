import type { EdgeAddress } from '../../audit/edges.ts';
import type { PrimaryClaim } from '../../audit/from-record.ts';
import type { VerifierChoice } from '../../base/verifier-choice.ts';
import { relayTarget } from '../../fault/relay-target.ts';
import type { FaultTarget } from '../../fault/target.ts';
import { identifyProcess, type ProcessIdentity } from '../../observe/process-identity.ts';
import type { WatchedProcess } from '../../observe/sample-processes.ts';
import type { KnownRegion } from '../../record/regions.ts';
import { type EmbeddedRelay, startEmbeddedRelay } from '../../stack/embedded-relay.ts';
import { type ResolvedTarget, resolveTargets } from '../target.ts';
import type { NamedRelay } from './named-relays.ts';

/** The relays that a run loads. */
export interface OpenTarget {
  readonly kind: 'embedded' | 'url' | 'stack';
  readonly relays: readonly ResolvedTarget[];
  /** Processes whose resources the run reports: those that it started, and what `--process` names. */
  readonly processes: readonly WatchedProcess[];
  /** Relays that the command line gives a name; left out where it gives none. */
  readonly named?: readonly NamedRelay[];
  /** What a reader must know of the target, one sentence each; left out: nothing. */
  readonly caveats?: readonly string[];
  /** What faults can happen to; left out where this run has started nothing. */
  readonly faultTarget?: FaultTarget;
  /** Addresses of the relay processes behind `relays`, where they are others. */
  readonly relayAddresses?: readonly string[];
  /** Relays that serve what those keep; left out: none. */
  readonly edges?: readonly EdgeAddress[];
  /** The regions of `relays`, one for each; left out: they are in none. */
  readonly regions?: readonly KnownRegion[];
  /** Asks the databases behind them, where this program has started those, whether they take themselves for the primary. */
  readonly askPrimaries?: () => Promise<readonly PrimaryClaim[]>;
  /** Stops what was started; nothing for relays of the user. */
  close(how: Closing): Promise<void>;
}

/** `hard` follows a second signal: what does not end within the time of a hard stop is killed. */
export type Closing = 'orderly' | 'hard';

/** Leaves some of the two seconds of a hard stop for what follows. */
const HARD_GRACE_MS = 1_500;

/**
 * The clients of a load do not authenticate, and what they publish is to be found and delivered whatever its kind. Those that offer
 * compression get it; nobody else notices.
 */
const FLAGS_FOR_LOAD = ['--open-gift-wraps', '--compression'];

/** Starts the embedded relay, at a port where one is named; tests pass another one. */
export type StartRelay = (port?: number) => Promise<EmbeddedRelay>;

/** @param verifier what checks the signatures of what it is sent; undefined leaves the choice to it */
export function relayForLoad(verifier?: VerifierChoice): StartRelay {
  const args = [...FLAGS_FOR_LOAD, ...(verifier === undefined ? [] : ['--verifier', verifier])];
  return (port) =>
    startEmbeddedRelay({ args: port === undefined ? args : [...args, '--port', String(port)] });
}

/**
 * The user's relays as they are, or the embedded relay, started.
 * @throws RelayBenchError `EMBEDDED_RELAY_FAILED`
 */
export async function openTarget(
  given: readonly ResolvedTarget[],
  startRelay: StartRelay = relayForLoad(),
): Promise<OpenTarget> {
  if (given.length > 0) return { kind: 'url', relays: given, processes: [], close: async () => undefined };
  let relay = await startRelay();
  const { url } = relay;
  const processes = (): ProcessIdentity[] => identifiedProcesses([relay.pid]);
  const start = async (): Promise<void> => {
    if (processes().length === 0) relay = await startRelay(Number(new URL(url).port));
  };
  return {
    kind: 'embedded',
    relays: await resolveTargets([url]),
    processes: [
      {
        name: 'relay',
        role: 'embedded reference relay',
        pid: relay.pid,
        pidNow: () => processes()[0]?.pid ?? null,
      },
    ],
    faultTarget: relayTarget('the embedded relay', { processes, start }),
    close: (how) => relay.stop(how === 'hard' ? HARD_GRACE_MS : undefined),
  };
}

function identifiedProcesses(pids: readonly number[]): ProcessIdentity[] {
  return pids.flatMap((pid) => identifyProcess(pid) ?? []);
}
