import { NS_PER_MS } from '../../base/clock.ts';
import { formatDurationMs } from '../../base/duration.ts';
import type { Plan } from '../../plan/plan.ts';
import { defaultOutDir } from '../../record/write.ts';
import { findCalibration } from '../calibrate/find-calibration.ts';
import type { CommandHost } from '../host.ts';
import type { Interruption } from '../interruption.ts';
import type { Demand } from '../limit-check.ts';
import {
  demandOf,
  inLoadSession,
  type LoadSession,
  REAL_SESSION_STAGES,
  type SessionStages,
} from '../load-session.ts';
import { measure } from '../run/measure.ts';
import { openRelays } from '../run/open-relays.ts';
import { makeOutDir, type OutDir } from '../run/out-dir.ts';
import { EMBEDDED_TARGET } from '../run/prepare-plan.ts';
import { type Contender, resolveContenders } from './contender.ts';
import type { RunOnce } from './hold-rounds.ts';

export interface ContestRequest {
  readonly host: CommandHost;
  /** `ab` or `versus`; names the directory. */
  readonly kind: string;
  readonly plan: Plan;
  readonly contenders: readonly Contender[];
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

/** The stages that reach outside this process; tests replace them. */
export interface ContestStages extends SessionStages {
  readonly open: typeof openRelays;
  readonly measure: typeof measure;
}

const REAL_STAGES: ContestStages = { ...REAL_SESSION_STAGES, open: openRelays, measure };

/**
 * Output directory, consent, limits, signals: everything around the runs of a contest. Whatever happens, the relay that
 * is running is stopped.
 * @throws RelayBenchError where consent is missing, this machine can't hold the load or the directory can't be written
 */
export async function inContest<T>(
  request: ContestRequest,
  hold: (contest: Contest) => Promise<T>,
  stages: ContestStages = REAL_STAGES,
): Promise<T> {
  const { host, kind, plan, contenders, owned } = request;
  const given = await resolveContenders(contenders);
  const name = `${kind}-${plan.scenario.name}`;
  const outDir = await makeOutDir(request.out ?? defaultOutDir(new Date().toISOString(), name));
  const say = (line: string): void => {
    host.io.stderr.write(`${line}\n`);
  };
  const session = {
    host,
    given,
    owned,
    demands: contenders.map((one) => demandOfRun(plan, one)),
    insecure: plan.connections.insecure,
    onFirst: (signal: string) => say(`${signal}: stopping, a second signal ends at once`),
    directory: outDir.path,
  };
  try {
    return await inLoadSession(
      session,
      (held) => {
        const runOnce: RunOnce = async (one) => runAgainst(one, { request, session: held, stages });
        return hold({ outDir, interruption: held.interruption, runOnce, say });
      },
      stages,
    );
  } finally {
    await outDir.removeIfEmpty();
  }
}

/** Each run of a contest loads one relay alone. */
function demandOfRun(plan: Plan, { name, url, command }: Contender): Demand {
  const alone = { ...plan, targets: [url ?? EMBEDDED_TARGET] };
  return demandOf(alone, command === null ? null : `the relay ${name}`);
}

interface RunContext {
  readonly request: ContestRequest;
  readonly session: LoadSession;
  readonly stages: ContestStages;
}

async function runAgainst(one: Contender, { request, session, stages }: RunContext): ReturnType<RunOnce> {
  const { plan, host } = request;
  return session.loadTarget(
    (opening) => stages.open([one], opening),
    async (target, information) =>
      stages.measure({
        plan: { ...plan, targets: target.relays.map(({ url }) => url) },
        target,
        information,
        calibration: await findCalibration(host.io.env),
        signal: AbortSignal.any([session.interruption.signal]),
        onProgress: () => undefined,
      }),
  );
}

/** How long so many runs of a plan take at least, for a person. */
export function durationText(plan: Plan, runs: number): string {
  const loadMs = (plan.phases.at(-1)?.endNs ?? 0) / NS_PER_MS;
  return `at least ${formatDurationMs(loadMs * runs)}`;
}
