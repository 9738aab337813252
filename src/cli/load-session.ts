import { RelayBenchError } from '../base/errors.ts';
import type { RelayInformationResult } from '../nostr/nip11-fetch.ts';
import type { Plan } from '../plan/plan.ts';
import { connectionsAtOnce, sourceAddressesOf } from '../plan/source-address.ts';
import { requireConsent } from './consent.ts';
import type { CommandHost } from './host.ts';
import { exitCodeOf, type Interruption, watchInterruption } from './interruption.ts';
import type { StopSignal } from './io.ts';
import { checkLimits, type Demand, readSupply, type Supply } from './limit-check.ts';
import { LONGEST_WAIT_MS, networkQuestions, preflightTargets } from './preflight.ts';
import type { OpenTarget } from './run/open-target.ts';
import type { ResolvedTarget } from './target.ts';

/** What a session asks of the world; tests replace it. */
export interface SessionStages {
  readonly preflight: typeof preflightTargets;
  readonly supply: () => Supply;
}

export const REAL_SESSION_STAGES: SessionStages = { preflight: preflightTargets, supply: readSupply };

export interface SessionRequest {
  readonly host: CommandHost;
  /** The relays that run already and will be loaded. */
  readonly given: readonly ResolvedTarget[];
  /** Hosts that the user owns, as in `--i-own-this-relay`. */
  readonly owned: readonly string[];
  /** What each load wants of this machine. */
  readonly demands: readonly Demand[];
  /** Accept any TLS certificate. */
  readonly insecure: boolean;
  /** Told of the first signal. */
  readonly onFirst: (signal: StopSignal) => void;
  /** Where the files of the command go; left out where it keeps none of what relays that it starts write. */
  readonly directory?: string;
}

/** What a target is opened with. */
export interface Opening extends Interruption {
  /** Receives what relays that are started write; null where none of it is kept. */
  readonly directory: string | null;
  /** Tells the user, one line each. */
  readonly say: (line: string) => void;
}

/** Carries out one load against a target that is opened for it and closed after it, whatever happens. */
export type LoadTarget = <T>(
  open: (opening: Opening) => Promise<OpenTarget>,
  use: (target: OpenTarget, information: RelayInformationResult) => Promise<T>,
) => Promise<T>;

/** What a command that runs load is given. */
export interface LoadSession {
  readonly interruption: Interruption;
  readonly loadTarget: LoadTarget;
}

/**
 * The one way in which commands run load: consent → limits → signals → target → preflight → load → close. Signals are
 * watched until everything that was started has been stopped; a second one stops it at once.
 * @throws RelayBenchError `CONSENT_REQUIRED`, `LIMIT_TOO_LOW`, `INTERRUPTED`, what opening or loading a target throws
 */
export async function inLoadSession<T>(
  request: SessionRequest,
  hold: (session: LoadSession) => Promise<T>,
  stages: SessionStages = REAL_SESSION_STAGES,
): Promise<T> {
  const { host, given, owned, demands, onFirst } = request;
  requireConsent(given, owned);
  const supply = stages.supply();
  for (const demand of demands) checkLimits(demand, supply);
  const open = new Set<OpenTarget>();
  const interruption = watchInterruption({
    io: host.io,
    onFirst,
    onHardStop: async () => {
      await Promise.all([...open].map((target) => target.close('hard')));
    },
  });
  try {
    return await hold({ interruption, loadTarget: targetLoader({ request, stages, interruption, open }) });
  } finally {
    interruption.dispose();
  }
}

interface LoaderParts {
  readonly request: SessionRequest;
  readonly stages: SessionStages;
  readonly interruption: Interruption;
  /** Where a second signal finds what it must stop. */
  readonly open: Set<OpenTarget>;
}

function targetLoader({ request, stages, interruption, open }: LoaderParts): LoadTarget {
  return async (openOne, use) => {
    throwIfInterrupted(interruption);
    // A signal for this target alone: what listens to it ends with the target, however many follow in this session.
    const signal = AbortSignal.any([interruption.signal]);
    const say = (line: string): void => void request.host.io.stderr.write(`${line}\n`);
    const { directory = null } = request;
    const target = await openOne({ ...interruption, signal, directory, say }).catch((error: unknown) => {
      // What was interrupted while it started did not fail.
      throwIfInterrupted(interruption);
      throw error;
    });
    open.add(target);
    try {
      const questions = networkQuestions(request.insecure);
      const information = await stages.preflight(target.relays, questions, {
        longestMs: LONGEST_WAIT_MS,
        say,
        signal,
      });
      throwIfInterrupted(interruption);
      return await use(target, information);
    } finally {
      await target.close('orderly');
      open.delete(target);
    }
  };
}

function throwIfInterrupted(interruption: Interruption): void {
  const signal = interruption.received();
  if (signal === null) return;
  throw new RelayBenchError(`interrupted by ${signal} before anything was measured`, {
    code: 'INTERRUPTED',
    exitCode: exitCodeOf(signal),
  });
}

/**
 * What a run of a plan wants of this machine.
 * @param relay what messages call the relay that is started for it; null where it runs already or in many processes
 */
export function demandOf(plan: Plan, relay: string | null): Demand {
  return {
    connections: connectionsAtOnce(plan),
    workers: plan.workers,
    addressPairs: plan.targets.length * sourceAddressesOf(plan),
    relay,
  };
}
