import { join } from 'node:path';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT, type ExitCode, strongestExitCode } from '../../base/exit-codes.ts';
import type { NamedRun } from '../../compare/comparable.ts';
import type { Plan } from '../../plan/plan.ts';
import { sourceAddressesOf } from '../../plan/source-address.ts';
import type { RunRecord } from '../../record/schema.ts';
import { defaultOutDir, writeRunRecord } from '../../record/write.ts';
import { type Multiplexer, multiplex } from '../../report/multiplexer.ts';
import { findCalibration } from '../calibrate/find-calibration.ts';
import { ciReporter } from '../ci.ts';
import { requireConsent } from '../consent.ts';
import type { CommandHost } from '../host.ts';
import { exitCodeOf, type Interruption, watchInterruption } from '../interruption.ts';
import { checkLimits, type Demand, type Supply } from '../limit-check.ts';
import { LONGEST_WAIT_MS, networkQuestions, preflightTargets } from '../preflight.ts';
import { readSupply } from '../read-supply.ts';
import { resolveTargets } from '../target.ts';
import { prepareAudit, wantsAudit } from './audit-run.ts';
import { compareWithBaseline, readBaseline } from './baseline.ts';
import { watchCrashes } from './crash.ts';
import type { RunFlags } from './flags.ts';
import { measure } from './measure.ts';
import { openStack } from './open-stack.ts';
import { type OpenTarget, openTarget } from './open-target.ts';
import { makeOutDir, type OutDir } from './out-dir.ts';
import { progressReporter, resolveProgress } from './progress.ts';
import { chooseReports, RECORD_FILE, resultReporters } from './reporters.ts';

/** The stages that reach outside this process; tests replace them. */
export interface Stages {
  readonly openTarget: typeof openTarget;
  readonly openStack: typeof openStack;
  readonly preflight: typeof preflightTargets;
  readonly measure: typeof measure;
  readonly findCalibration: typeof findCalibration;
  readonly supply: () => Supply;
}

const REAL_STAGES: Stages = {
  openTarget,
  openStack,
  preflight: preflightTargets,
  measure,
  findCalibration,
  supply: readSupply,
};

export interface RunRequest {
  readonly host: CommandHost;
  readonly plan: Plan;
  readonly flags: RunFlags;
}

/**
 * `run` after its plan: output directory → consent → limits → target → preflight → load → record → reports.
 * Whatever happens, what was started is stopped.
 * @throws RelayBenchError where a stage before the load fails, or the load itself
 */
export async function executeRun(request: RunRequest, stages: Stages = REAL_STAGES): Promise<ExitCode> {
  const { plan, flags } = request;
  const reports = chooseReports(flags.format);
  const baseline = flags.baseline === undefined ? null : await readBaseline(flags.baseline, plan);
  const outDir = await makeOutDir(flags.out ?? defaultOutDir(new Date().toISOString(), plan.scenario.name));
  const target: { open: OpenTarget | null } = { open: null };
  const interruption = watch(request, async () => target.open?.close());
  try {
    const given = await resolveTargets(flags.relay ?? []);
    requireConsent(given, flags.iOwnThisRelay ?? []);
    checkLimits(demandOf(plan, given.length === 0 && flags.stack === undefined), stages.supply());
    target.open =
      flags.stack === undefined
        ? await stages.openTarget(given)
        : await stages.openStack(flags.stack, flags, request.host);
    return await loadAndReport(
      { ...request, baseline, reports, outDir, interruption, target: target.open },
      stages,
    );
  } finally {
    interruption.dispose();
    await target.open?.close();
    await outDir.removeIfEmpty();
  }
}

interface Session extends RunRequest {
  readonly baseline: NamedRun | null;
  readonly reports: ReturnType<typeof chooseReports>;
  readonly outDir: OutDir;
  readonly interruption: Interruption;
  readonly target: OpenTarget;
}

async function loadAndReport(session: Session, stages: Stages): Promise<ExitCode> {
  const { interruption, target } = session;
  const information = await stages.preflight(
    target.relays,
    networkQuestions(session.plan.connections.insecure),
    {
      longestMs: LONGEST_WAIT_MS,
      say: (line) => session.host.io.stderr.write(`${line}\n`),
      signal: interruption.signal,
    },
  );
  throwIfInterrupted(interruption);
  const plan = { ...session.plan, targets: target.relays.map((relay) => relay.url) };
  const reporters = reportersOf(session);
  const crashes = watchCrashes(session.host.io);
  try {
    const measured = await stages.measure({
      plan,
      target,
      information,
      salt: session.flags.runSalt,
      calibration: await stages.findCalibration(session.host.io.env),
      audit: prepareAudit({
        plan,
        wanted: wantsAudit(session.flags),
        directory: session.outDir.path,
        io: session.host.io,
      }),
      signal: AbortSignal.any([interruption.signal, crashes.signal]),
      onProgress: (event) => reporters.onProgress(event),
      onCrash: crashes.note,
    });
    const record = crashes.mark(measured);
    await writeRunRecord(join(session.outDir.path, RECORD_FILE), record);
    await reporters.onRecord(record);
    return finalExitCode(record, reporters, [await judgedByBaseline(session, record), crashes.report()]);
  } finally {
    crashes.dispose();
    await reporters.onEnd();
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

function reportersOf({ host, flags, reports, outDir }: Session): Multiplexer {
  const { io } = host;
  const progress = progressReporter(resolveProgress(flags.progress, io), io, host.colourFlag());
  const ci = flags.ci === true ? [ciReporter(io)] : [];
  const results = [...resultReporters(reports, outDir.path, host), ...ci];
  return multiplex(progress === null ? results : [progress, ...results], (text) => io.stderr.write(text));
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

function demandOf(plan: Plan, embeddedRelay: boolean): Demand {
  const opened = plan.streams.find((stream) => stream.name === 'connect')?.total ?? 0;
  return {
    connections: plan.connections.count + opened,
    workers: plan.workers,
    addressPairs: plan.targets.length * sourceAddressesOf(plan),
    embeddedRelay,
  };
}

function watch({ host, flags }: RunRequest, onHardStop: () => Promise<void>): Interruption {
  const { io } = host;
  // The live block would be torn by a line between its frames, and it shows the drain itself.
  const isQuiet = ['tty', 'json', 'none'].includes(resolveProgress(flags.progress, io));
  return watchInterruption({
    io,
    onFirst: (signal) => {
      if (!isQuiet) io.stderr.write(`${signal}: stopping, a second signal ends at once\n`);
    },
    onHardStop,
  });
}

function throwIfInterrupted(interruption: Interruption): void {
  const signal = interruption.received();
  if (signal === null) return;
  throw new RelayBenchError(`interrupted by ${signal} before anything was measured`, {
    code: 'INTERRUPTED',
    exitCode: exitCodeOf(signal),
  });
}
