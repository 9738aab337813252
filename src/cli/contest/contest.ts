import type { Plan } from '../../plan/plan.ts';
import { defaultOutDir } from '../../record/write.ts';
import { findCalibration } from '../calibrate/find-calibration.ts';
import { requireConsent } from '../consent.ts';
import type { CommandHost } from '../host.ts';
import { type Interruption, watchInterruption } from '../interruption.ts';
import { LONGEST_WAIT_MS, networkQuestions, preflightTargets } from '../preflight.ts';
import { measure } from '../run/measure.ts';
import type { OpenTarget } from '../run/open-target.ts';
import { makeOutDir, type OutDir } from '../run/out-dir.ts';
import { type Contestant, openContestant, resolveContestants } from './contestant.ts';
import type { RunOnce } from './hold-rounds.ts';

export interface ContestRequest {
  readonly host: CommandHost;
  /** `ab` or `versus`; names the directory. */
  readonly kind: string;
  readonly plan: Plan;
  readonly contestants: readonly Contestant[];
  readonly out: string | undefined;
  /** Hosts that the user owns, as in `--i-own-this-relay`. */
  readonly owned: readonly string[];
}

/** What a contest needs while it is held. */
export interface Contest {
  readonly outDir: OutDir;
  readonly interruption: Interruption;
  readonly runOnce: RunOnce;
  say(line: string): void;
}

/**
 * Consent, output directory, signals: everything around the runs of a contest. Whatever happens, the relay that is
 * running is stopped.
 * @throws RelayBenchError where consent is missing or the directory can't be written
 */
export async function inContest<T>(
  request: ContestRequest,
  hold: (contest: Contest) => Promise<T>,
): Promise<T> {
  const { host, kind, plan, contestants, owned } = request;
  requireConsent(await resolveContestants(contestants), owned);
  const name = `${kind}-${plan.scenario.name}`;
  const outDir = await makeOutDir(request.out ?? defaultOutDir(new Date().toISOString(), name));
  const open: { target: OpenTarget | null } = { target: null };
  const say = (line: string): void => {
    host.io.stderr.write(`${line}\n`);
  };
  const interruption = watchInterruption({
    io: host.io,
    onFirst: (signal) => say(`${signal}: stopping, a second signal ends at once`),
    onHardStop: async () => open.target?.close(),
  });
  try {
    const runOnce: RunOnce = async (one) => runAgainst(one, { request, interruption, open });
    return await hold({ outDir, interruption, runOnce, say });
  } finally {
    interruption.dispose();
    await outDir.removeIfEmpty();
  }
}

interface RunContext {
  readonly request: ContestRequest;
  readonly interruption: Interruption;
  /** Where a second signal finds what it must stop. */
  readonly open: { target: OpenTarget | null };
}

async function runAgainst(one: Contestant, { request, interruption, open }: RunContext): ReturnType<RunOnce> {
  const { plan, host } = request;
  const target = await openContestant(one, interruption.signal);
  open.target = target;
  try {
    const information = await preflightTargets(target.relays, networkQuestions(plan.connections.insecure), {
      longestMs: LONGEST_WAIT_MS,
      say: (line) => host.io.stderr.write(`${line}\n`),
      signal: interruption.signal,
    });
    return await measure({
      plan: { ...plan, targets: target.relays.map(({ url }) => url) },
      target,
      information,
      calibration: await findCalibration(host.io.env),
      signal: interruption.signal,
      onProgress: () => undefined,
    });
  } finally {
    open.target = null;
    await target.close();
  }
}
