import { join } from 'node:path';
import { messageOf, RelayBenchError } from '../../base/errors.ts';
import { EXIT, type ExitCode, strongestExitCode } from '../../base/exit-codes.ts';
import type { NamedRun } from '../../compare/comparable.ts';
import type { RunPlan } from '../../engine/run-plan.ts';
import { linksForFaults } from '../../fault/links-for-faults.ts';
import type { RelayInformationResult } from '../../nostr/nip11-fetch.ts';
import type { Plan } from '../../plan/plan.ts';
import type { RunRecord } from '../../record/schema.ts';
import { defaultOutDir, writeRunRecord } from '../../record/write.ts';
import { type Multiplexer, multiplex } from '../../report/multiplexer.ts';
import type { Reporter } from '../../report/reporter.ts';
import { verdictLine } from '../../report/verdict-line.ts';
import { findCalibration } from '../calibrate/find-calibration.ts';
import { ciReporter } from '../ci.ts';
import type { CommandHost } from '../host.ts';
import type { Interruption } from '../interruption.ts';
import {
  demandOf,
  inLoadSession,
  type Opening,
  REAL_SESSION_STAGES,
  type SessionStages,
} from '../load-session.ts';
import { resolveTargets } from '../target.ts';
import { prepareAudit, wantsAudit } from './audit-run.ts';
import { compareWithBaseline, readBaseline } from './baseline.ts';
import { prepareCleanUp } from './clean-up-run.ts';
import { watchCrashes } from './crash.ts';
import type { RunFlags } from './flags.ts';
import { type MeasureRequest, measure } from './measure.ts';
import { logsOf } from './named-relays.ts';
import { type Observed, requireHere } from './observed-process.ts';
import { openRelays } from './open-relays.ts';
import { openStack } from './open-stack.ts';
import { type OpenTarget, openTarget, relayForLoad } from './open-target.ts';
import { makeOutDir, type OutDir } from './out-dir.ts';
import { progressReporter, resolveProgress } from './progress.ts';
import { givenAddresses, relaysText, startedNames } from './relay-flag.ts';
import { chooseReports, RECORD_FILE, resultReporters } from './reporters.ts';
import { sayMissingNips, sayNotCalibrated, sayRemarks, sayStopping } from './say.ts';
import { openTelemetry, type Telemetry, type TelemetryRequest } from './telemetry.ts';

/** The stages that reach outside this process; tests replace them. */
export interface Stages extends SessionStages {
  readonly openTarget: typeof openTarget;
  readonly openRelays: typeof openRelays;
  readonly openStack: typeof openStack;
  readonly measure: typeof measure;
  readonly findCalibration: typeof findCalibration;
}

const REAL_STAGES: Stages = {
  ...REAL_SESSION_STAGES,
  openTarget,
  openRelays,
  openStack,
  measure,
  findCalibration,
};

export interface RunRequest {
  readonly host: CommandHost;
  readonly plan: Plan;
  readonly flags: RunFlags;
  /** What `--process` names; left out: nothing. */
  readonly observed?: Observed;
  /** How the plan is carried out; default by this machine. */
  readonly run?: RunPlan;
}

/**
 * `run` after its plan: output directory → consent → limits → target → preflight → load → record → reports.
 * Whatever happens, what was started is stopped.
 * @throws RelayBenchError where a stage before the load fails, or the load itself
 */
export async function executeRun(request: RunRequest, stages: Stages = REAL_STAGES): Promise<ExitCode> {
  const reports = chooseReports(request.flags.format);
  const telemetry = await openTelemetry(telemetryOf(request));
  try {
    return await executeTold({ ...request, reports, telemetry }, stages);
  } finally {
    await telemetry.close();
  }
}

async function executeTold(request: ToldRequest, stages: Stages): Promise<ExitCode> {
  const { plan, flags, host, telemetry } = request;
  const baseline = flags.baseline === undefined ? null : await readBaseline(flags.baseline, plan);
  const outDir = await makeOutDir(flags.out ?? defaultOutDir(new Date().toISOString(), plan.scenario.name));
  try {
    const given = await resolveTargets(givenAddresses(flags.relay));
    if (request.observed !== undefined) requireHere(request.observed, given);
    const session = {
      host,
      given,
      owned: flags.iOwnThisRelay ?? [],
      // Agents look at their own limits.
      demands: request.run === undefined ? [demandOf(plan, startedAlone(flags))] : [],
      insecure: plan.connections.insecure,
      onFirst: sayStopping(request),
      directory: outDir.path,
    };
    return await inLoadSession(
      session,
      async ({ interruption, loadTarget }) => {
        const exitCode = await loadTarget(
          (opening) => openFor(request, opening, stages),
          (target, information) =>
            loadAndReport({ ...request, baseline, outDir, interruption, target, information }, stages),
        );
        await telemetry.linger(interruption.signal);
        return exitCode;
      },
      stages,
    );
  } finally {
    await outDir.removeIfEmpty();
  }
}

/** What messages call the one relay that is started for a run; null where it runs already, or several share the load. */
function startedAlone({ relay, stack }: RunFlags): string | null {
  if (relay === undefined) return stack === undefined ? 'the embedded relay' : null;
  return relay.length === 1 && startedNames(relay).length === 1 ? relaysText(startedNames(relay)) : null;
}

/** The target of the run, with what `--process` adds to it. */
async function openFor(
  { plan, flags, host, observed = { processes: [], caveats: [] } }: RunRequest,
  opening: Opening,
  stages: Stages,
): Promise<OpenTarget> {
  const { relay, stack } = flags;
  if (stack !== undefined) {
    const links = linksForFaults(plan.faults);
    return stages.openStack(stack, { ...flags, links }, { host, interruption: opening });
  }
  if (relay === undefined) return stages.openTarget([], relayForLoad(flags.verifier));
  const target = await stages.openRelays(relay, opening);
  return {
    ...target,
    processes: [...target.processes, ...observed.processes],
    caveats: observed.caveats,
  };
}

/** Of which monitoring systems and browsers are told what the flags ask for. */
interface ToldRequest extends RunRequest {
  readonly reports: ReturnType<typeof chooseReports>;
  readonly telemetry: Telemetry;
}

interface Session extends ToldRequest {
  readonly baseline: NamedRun | null;
  readonly outDir: OutDir;
  readonly interruption: Interruption;
  readonly target: OpenTarget;
  readonly information: RelayInformationResult;
}

async function loadAndReport(session: Session, stages: Stages): Promise<ExitCode> {
  const { interruption, target, information, telemetry } = session;
  const plan = { ...session.plan, targets: target.relays.map((relay) => relay.url) };
  const reporters = reportersOf(session);
  const crashes = watchCrashes(session.host.io);
  const keep = (record: RunRecord): Promise<void> =>
    writeRunRecord(join(session.outDir.path, RECORD_FILE), record);
  const calibration = await stages.findCalibration(session.host.io.env);
  sayNotCalibrated(calibration, session);
  sayMissingNips(session);
  try {
    const measured = await stages.measure({
      plan,
      target,
      information,
      run: session.run,
      salt: session.flags.runSalt,
      calibration,
      audit: prepareAudit({
        plan,
        wanted: wantsAudit(session.flags),
        leavesNothing: session.flags.cleanUp === true,
        directory: session.outDir.path,
        io: session.host.io,
      }),
      cleanUp: session.flags.cleanUp === true ? prepareCleanUp(session.host.io) : undefined,
      signal: AbortSignal.any([interruption.signal, crashes.signal]),
      relayMetrics: session.flags.relayMetrics,
      ...followedBy(reporters, session),
      onMeasured: async (record) => {
        const early = await problemOf(keep(crashes.mark(record)));
        if (early !== null)
          session.host.io.stderr.write(`${messageOf(early.error)}; trying again at the end\n`);
      },
      onCrash: crashes.note,
    });
    const record = await telemetry.finish(crashes.mark(measured));
    const failure = await problemOf(keep(record));
    // What could not be kept is shown at least.
    await reporters.onRecord(record);
    if (failure !== null) throw failure.error;
    return finalExitCode(record, reporters, [await judgedByBaseline(session, record), crashes.report()]);
  } finally {
    crashes.dispose();
    await reporters.onEnd();
  }
}

/** Who is told while the run goes on. */
function followedBy(
  reporters: Multiplexer,
  session: Session,
): Pick<MeasureRequest, 'runId' | 'onSoFar' | 'onProgress' | 'onRemarks'> {
  const { telemetry } = session;
  return {
    runId: telemetry.runId,
    onSoFar: telemetry.follow,
    onProgress: (event) => {
      reporters.onProgress(event);
      telemetry.onProgress(event);
    },
    onRemarks: (remarks) => sayRemarks(remarks, session),
  };
}

function telemetryOf({ host: { io }, plan, flags }: RunRequest): TelemetryRequest {
  const shown = resolveProgress(flags.progress, io);
  const lines = shown === 'plain' ? 'at-once' : shown === 'tty' ? 'at-end' : shown;
  return { flags, io, scenario: plan.scenario.name, lines };
}

/** Null where it went well. */
async function problemOf(action: Promise<void>): Promise<{ readonly error: unknown } | null> {
  try {
    await action;
    return null;
  } catch (error) {
    return { error };
  }
}

/** What the comparison with the baseline asks for; null without one. */
async function judgedByBaseline(session: Session, record: RunRecord): Promise<ExitCode | null> {
  const { baseline, outDir, host, reports, flags } = session;
  if (baseline === null) return null;
  const isShown = reports.onStdout?.name === 'terminal';
  const isCi = flags.ci === true;
  return compareWithBaseline({ baseline, record, directory: outDir.path, host, isShown, isCi });
}

function reportersOf({ host, flags, reports, outDir, target }: Session): Multiplexer {
  const { io } = host;
  const progress = progressReporter(resolveProgress(flags.progress, io), io, host.colourFlag());
  const ci = flags.ci === true ? [ciReporter(io)] : [];
  const files = { directory: outDir.path, others: logsOf(target) };
  const results = [...resultReporters(reports, files, host), ...ci, ...verdictOn(host, reports, flags)];
  return multiplex(progress === null ? results : [progress, ...results], (text) => io.stderr.write(text));
}

/**
 * The verdict on stderr. Not where it would be said twice (the report ends with it on the same terminal), nor between the
 * lines of a program that reads JSON there.
 */
function verdictOn(
  { io }: CommandHost,
  { onStdout }: Session['reports'],
  { progress }: RunFlags,
): Reporter[] {
  const isSaid = onStdout?.name === 'terminal' && io.stdout.isTTY === true && io.stderr.isTTY === true;
  return isSaid || progress === 'json' ? [] : [verdictLine((text) => void io.stderr.write(text))];
}

/** The run's own verdict, or what went wrong while it was reported. */
function finalExitCode(
  record: RunRecord,
  { broken }: Multiplexer,
  others: readonly (ExitCode | null)[],
): ExitCode {
  const codes = broken.map(({ error }) =>
    error instanceof RelayBenchError ? error.exitCode : EXIT.internal,
  );
  const verdict = Object.values(EXIT).find((code) => code === record.exitCode) ?? EXIT.internal;
  const all = [
    ...codes,
    ...(verdict === EXIT.ok ? [] : [verdict]),
    ...others.filter((code) => code !== null),
  ];
  return strongestExitCode(all);
}
