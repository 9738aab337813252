import { randomUUID } from 'node:crypto';
import { pid } from 'node:process';
import { messageOf, RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import type { VerifierInUse } from '../../base/verifier-choice.ts';
import { ceilingOf } from '../../calibrate/ceiling.ts';
import type { Lookup } from '../../calibrate/lookup.ts';
import type { CleanUpResult } from '../../clean-up/clean-up.ts';
import { runPlan } from '../../engine/coordinator.ts';
import type { RunPlan } from '../../engine/run-plan.ts';
import { evaluateGates } from '../../gate/evaluate.ts';
import { advertisedOf } from '../../judge/advertised.ts';
import type { RelayInformationResult } from '../../nostr/nip11-fetch.ts';
import { readEnvironment } from '../../observe/environment.ts';
import { type OtherPrograms, watchOtherPrograms } from '../../observe/other-programs.ts';
import { pidsNow, sampleProcesses, type UsageReport } from '../../observe/sample-processes.ts';
import { type RelayMetrics, watchRelayMetrics } from '../../observe/scrape/watch-relay-metrics.ts';
import { adaptPlan } from '../../plan/adapt-plan.ts';
import type { Plan } from '../../plan/plan.ts';
import { buildRecord, type RecordInput } from '../../record/build.ts';
import { CEILING_KEY } from '../../record/caveats.ts';
import { judge } from '../../record/judge.ts';
import type { RunRecord } from '../../record/schema.ts';
import type { FaultLog } from '../../result/fault-log.ts';
import type { OnProgress } from '../../result/progress.ts';
import type { RunResult } from '../../result/run-result.ts';
import { type FitCorpus, fitCorpus } from '../fit/fit-corpus.ts';
import { isThisMachine } from '../target.ts';
import { readTool } from '../version.ts';
import { watchGates } from './abort-on-fail.ts';
import { AUDIT_KEY, type AuditOutcome, NO_AUDIT, type RunAudit } from './audit-run.ts';
import { leftBehind, type RunCleanUp } from './clean-up-run.ts';
import { healWhenDraining, timelineOf } from './faults-of-run.ts';
import { endedRelays, recordedRelays } from './named-relays.ts';
import type { OpenTarget } from './open-target.ts';
import { runOrSalvage } from './salvage.ts';
import { followed, type RecordSoFar } from './so-far.ts';
import { verifierFor } from './verifier-of-run.ts';
import { sampleDuringMeasuredPhases } from './watch-components.ts';

export interface MeasureRequest {
  /** Names the run; default: a name of its own. */
  readonly runId?: string;
  readonly plan: Plan;
  readonly target: OpenTarget;
  readonly information: RelayInformationResult;
  readonly calibration: Lookup;
  /** How the plan is carried out; default by this machine. */
  readonly run?: RunPlan | undefined;
  /** What is published is new for each text; by default in every run. */
  readonly salt?: string | undefined;
  /** Told before the load what is asked otherwise than the scenario says, because of what the relay says of itself. */
  readonly onRemarks?: (remarks: readonly string[]) => void;
  /** Left out, nothing is audited. */
  readonly audit?: RunAudit;
  /** After the audit. Left out, what was published stays. */
  readonly cleanUp?: RunCleanUp | undefined;
  readonly onProgress: OnProgress;
  /** Where relays tell their metrics, which are kept; default nowhere. */
  readonly relayMetrics?: readonly string[] | undefined;
  /** Given a way to see the record of the run so far, once the load starts. */
  readonly onSoFar?: (recordSoFar: RecordSoFar) => void;
  /**
   * Told the record as soon as everything but audit and clean-up is known, so that no failure of theirs costs what was
   * measured. Left out, nobody is.
   */
  readonly onMeasured?: (record: RunRecord) => Promise<void>;
  /** Told what broke in relay-bench itself; the record then ends there. Left out, it is thrown. */
  readonly onCrash?: (error: unknown) => void;
  readonly signal: AbortSignal;
}

/** Carries out a plan and judges it: everything between a reachable target and the finished record. */
export async function measure(
  request: MeasureRequest,
  run: RunPlan = request.run ?? runPlan,
  adapt: FitCorpus = fitCorpus,
): Promise<RunRecord> {
  const { runId = randomUUID() } = request;
  const adapted = adaptPlan(request.plan, advertisedOf(request.information.information));
  if (adapted.remarks.length > 0) request.onRemarks?.(adapted.remarks);
  const fitting = await fitted({ ...request, plan: adapted.plan }, request.salt ?? runId, adapt);
  const { release } = fitting;
  const plan = withRemarks(fitting.plan, adapted.remarks);
  try {
    return await measureFitted({ ...request, plan }, runId, run);
  } finally {
    await release();
  }
}

function withRemarks(plan: Plan, remarks: readonly string[]): Plan {
  const { fitted } = plan;
  return fitted === undefined
    ? plan
    : { ...plan, fitted: { ...fitted, remarks: [...remarks, ...fitted.remarks] } };
}

async function fitted(request: MeasureRequest, salt: string, adapt: FitCorpus): ReturnType<FitCorpus> {
  const { plan, information, target, signal } = request;
  try {
    const isOurs = target.kind !== 'url';
    return await adapt({ plan, information: information.information, isOurs, salt, signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new RelayBenchError('interrupted before anything was measured', {
      code: 'INTERRUPTED',
      exitCode: signal.reason === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted,
    });
  }
}

async function measureFitted(request: MeasureRequest, runId: string, run: RunPlan): Promise<RunRecord> {
  const { target, audit = NO_AUDIT } = request;
  const verifier = verifierFor(request.plan);
  const plan = verifier === null ? request.plan : { ...request.plan, verifier: verifier.kind };
  const timeline = timelineOf(plan, target);
  const identity = { tool: readTool(), runId };
  const sampler = sampleProcesses(target.processes);
  const others = watchOtherPrograms(() => [pid, ...target.processes.flatMap((one) => pidsNow(one))]);
  const asked = watchRelayMetrics(request.relayMetrics ?? [], { insecure: plan.connections.insecure });
  const recordOf = (soFar: RunResult): RunRecord =>
    buildRecord({ ...identity, ...surroundings(request), result: soFar, components: [] });
  const watches = sampleDuringMeasuredPhases([sampler, others, asked], request.onProgress);
  const onProgress = healWhenDraining(timeline, watches);
  const watch = watchGates({ plan, signal: request.signal, onProgress, recordOf });
  const { onHistory } = audit;
  const result = await runOrSalvage(run, request.onCrash, {
    plan,
    ...followed(watch.options, { gates: plan.gates, recordOf, tell: request.onSoFar }),
    onStart: (startNs) => timeline.begin(startNs),
    ...(onHistory === undefined ? {} : { onHistory }),
  }).finally(() => timeline.end());
  const faults = await timeline.end();
  asked.stop();
  await asked.settled();
  const usage = { ...sampler.stop(), others: others.stop(), asked: asked.report() };
  const place = surroundings(request, await recordedRelays(target));
  const finish = (audited: AuditOutcome, caveats: readonly string[], cleaned: CleanUpResult | null = null) =>
    finishRecord({
      request,
      identity,
      place,
      verifier,
      result,
      usage,
      audited,
      cleaned,
      faults,
      caveats: [watch.reason(), ...(target.caveats ?? []), ...endedRelays(plan, target), ...caveats],
    });
  const problem = await audit.prepare();
  const wasWanted = onHistory !== undefined;
  const caveats = problem !== null && wasWanted ? [`nothing was audited: ${problem}`] : [];
  const unaudited = { result: null, reason: problem ?? 'the audit has not ended' };
  const measured = finish(unaudited, caveats);
  // Nothing follows: that was all.
  if (problem !== null && request.cleanUp === undefined) return measured;
  await request.onMeasured?.(measured);
  const audited = problem === null ? await auditOrSalvage(audit, request, measured) : unaudited;
  return finish(audited, caveats, await cleanUpOrSalvage(request));
}

/** What follows the load: where it breaks, that costs its own result and nothing else. */
async function orSalvage<T>(
  onCrash: MeasureRequest['onCrash'],
  follow: () => Promise<T>,
  salvage: (error: unknown) => T,
): Promise<T> {
  try {
    return await follow();
  } catch (error) {
    if (onCrash === undefined) throw error;
    onCrash(error);
    return salvage(error);
  }
}

async function cleanUpOrSalvage(request: MeasureRequest): Promise<CleanUpResult | null> {
  const { cleanUp, plan, information, onCrash } = request;
  if (cleanUp === undefined) return null;
  const { maxLimit } = advertisedOf(information.information);
  return orSalvage<CleanUpResult | null>(
    onCrash,
    () => cleanUp({ plan, urls: plan.targets, maxLimit }),
    () => null,
  );
}

async function auditOrSalvage(
  audit: RunAudit,
  { target, plan, onCrash }: MeasureRequest,
  record: RunRecord,
): Promise<AuditOutcome> {
  const { relayAddresses, edges = [], askPrimaries = null } = target;
  const places =
    relayAddresses === undefined
      ? { urls: plan.targets, entries: [] }
      : { urls: relayAddresses, entries: plan.targets.filter((url) => !relayAddresses.includes(url)) };
  return orSalvage<AuditOutcome>(
    onCrash,
    () => audit.carryOut({ record, ...places, edges, askPrimaries }),
    (error) => ({ result: null, reason: messageOf(error) }),
  );
}

interface Finished {
  readonly request: MeasureRequest;
  readonly identity: Pick<RecordInput, 'tool' | 'runId'>;
  readonly place: Place;
  readonly verifier: VerifierInUse | null;
  readonly result: RunResult;
  readonly usage: UsageReport & { readonly others: OtherPrograms | null; readonly asked: RelayMetrics[] };
  readonly audited: AuditOutcome;
  readonly cleaned: CleanUpResult | null;
  readonly faults: readonly FaultLog[];
  readonly caveats: readonly (string | null)[];
}

/** Puts everything together and judges it. */
function finishRecord({
  request,
  identity,
  place,
  verifier,
  result,
  usage,
  audited,
  cleaned,
  faults,
  caveats,
}: Finished): RunRecord {
  const { plan, information } = request;
  const found = ceilingOf(request.calibration, plan, result);
  const notMeasured = {
    ...result.notMeasured,
    ...usage.notMeasured,
    ...(information.reason === null ? {} : { 'target.nip11': information.reason }),
    ...(found.ceiling === null ? { [CEILING_KEY]: found.reason } : {}),
    ...(audited.reason === null ? {} : { [AUDIT_KEY]: audited.reason }),
  };
  const { others } = usage;
  const record = buildRecord({
    ...identity,
    ...place,
    environment: others === null ? place.environment : { ...place.environment, others: asRecorded(others) },
    result: { ...result, notMeasured },
    components: usage.components,
    regions: request.target.regions,
    ...(usage.asked.length === 0 ? {} : { relayMetrics: usage.asked }),
    audit: audited.result,
    faults,
    ceiling: found.ceiling,
    verifier,
    cleanUp: cleaned === null ? null : { ...cleaned, problems: [...cleaned.problems] },
    caveats: [...caveats, ...leftBehind(cleaned)].filter((caveat) => caveat !== null),
  });
  const own = new Set(plan.ownGates);
  const gates = evaluateGates(record, plan.gates).map((gate) => ({ ...gate, own: own.has(gate.expression) }));
  return judge(record, gates, result.stopped);
}

function asRecorded({ programs, ...others }: OtherPrograms): RunRecord['environment']['others'] {
  return { ...others, programs: programs.map((program) => ({ ...program })) };
}

/** What a record says about the place of the run. */
type Place = Pick<RecordInput, 'plan' | 'target' | 'environment'>;

/** @param relays what is known of those that have a name, at the end */
function surroundings(
  { plan, target, information }: MeasureRequest,
  relays: Pick<RunRecord['target'], 'relays'> = {},
): Place {
  return {
    plan,
    target: {
      kind: target.kind,
      urls: target.relays.map((relay) => relay.url),
      nip11: information.information === null ? null : { ...information.information },
      ...(target.relayAddresses === undefined ? {} : { relayProcesses: target.relayAddresses.length }),
      ...relays,
    },
    environment: readEnvironment(target.relays.some(isThisMachine)),
  };
}
