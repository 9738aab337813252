import { maskUrl } from '../base/mask-url.ts';
import type { VerifierInUse } from '../base/verifier-choice.ts';
import type { Invalidity } from '../judge/blame.ts';
import type { Evidence } from '../judge/observations.ts';
import { enforcedUnadvertised } from '../judge/unadvertised.ts';
import type { LatencyHistogram } from '../metric/histogram.ts';
import type { LatencySummary } from '../metric/summary.ts';
import type { FaultLog } from '../result/fault-log.ts';
import type { RunResult } from '../result/run-result.ts';
import { standardCaveats } from './caveats.ts';
import { ceilingDoubts } from './ceiling.ts';
import { checkConservation } from './conservation.ts';
import { allDrifts, isTold } from './drift.ts';
import { assessFaults, faultHistograms } from './faults/assess.ts';
import { rateLimiterOf, rateLimiterText } from './rate-limiter.ts';
import { type KnownRegion, regionsOf } from './regions.ts';
import { type Ceiling, type ComponentUsage, type RunRecord, SCHEMA_VERSION } from './schema.ts';
import { validityOf } from './validity.ts';

/** What a record keeps of the plan. */
export interface PlannedRun {
  readonly scenario: RunRecord['scenario'];
  readonly seed: number;
}

export interface RecordInput {
  readonly tool: RunRecord['tool'];
  readonly runId: string;
  readonly plan: PlannedRun;
  readonly result: RunResult;
  /** URLs may still hold secrets, they are masked here. */
  readonly target: RunRecord['target'];
  readonly environment: RunRecord['environment'];
  readonly components: readonly ComponentUsage[];
  /** Regions of clients; left out where there are none. */
  readonly regions?: readonly KnownRegion[] | undefined;
  /** What relays said of themselves; left out where nobody was asked. */
  readonly relayMetrics?: RunRecord['relayMetrics'];
  /** How near the generator came to what it can do; null where unknown, with a reason in `notMeasured`; default null. */
  readonly ceiling?: Ceiling | null;
  /** What checked the signatures of received events; null where nothing did; default null. */
  readonly verifier?: VerifierInUse | null;
  /** What was done to the target meanwhile; default nothing. */
  readonly faults?: readonly FaultLog[];
  readonly audit?: RunRecord['audit'];
  /** What was deleted at the end; default null. */
  readonly cleanUp?: RunRecord['cleanUp'];
  /** Besides the standard ones (same host, closed model, no calibration, low confidence). */
  readonly caveats?: readonly string[];
}

/**
 * The run record before its gates are evaluated: no gate, valid unless the load was not offered or the bookkeeping is
 * broken (violated conservation, samples that a histogram refused). What casts doubt on its figures stands in
 * `generator.doubts`. Pass it to the gates, then to `judge`, which says what doubts mean for the run.
 */
export function buildRecord(input: RecordInput): RunRecord {
  const { plan, result } = input;
  const ceiling = input.ceiling ?? null;
  const doubts = [...result.generator.doubts, ...ceilingDoubts(ceiling)];
  const { verifier = null } = input;
  const generator = { ...result.generator, ceiling, doubts, ...(verifier === null ? {} : { verifier }) };
  const lost = input.audit?.lost ?? null;
  const faults = assessFaults(input.faults ?? [], { result, lost });
  const metrics = summaries({
    ...result,
    histograms: new Map([...result.histograms, ...faultHistograms(faults)]),
  });
  const validity = validityOf([...invalidities(result), ...failedFaults(faults, result)]);
  const { environment } = input;
  const { load, notMeasured, intervals } = result;
  const observed = { environment, load, generator, metrics, notMeasured };
  const rateLimiter = rateLimiterOf(result);
  return {
    schemaVersion: SCHEMA_VERSION,
    tool: input.tool,
    runId: input.runId,
    startedAt: result.startedAt,
    durationMs: result.durationMs,
    partial: result.partial,
    scenario: { ...plan.scenario, resolved: { ...plan.scenario.resolved } },
    seed: plan.seed,
    corpus: result.corpus,
    target: { ...input.target, urls: input.target.urls.map(maskUrl) },
    ...observed,
    ratios: result.ratios,
    counters: result.counters,
    intervals: result.intervals,
    ...componentsOf(input),
    ...driftOf({ load, intervals, components: [...input.components] }),
    faults,
    audit: input.audit ?? null,
    ...(input.cleanUp == null ? {} : { cleanUp: input.cleanUp }),
    ...(rateLimiter === null ? {} : { rateLimiter }),
    gates: [],
    noticeSamples: result.noticeSamples,
    findings: [...result.findings, ...enforcedUnadvertised(input.target.nip11, result.counters)],
    evidence: evidenceOf(result),
    caveats: [
      ...(rateLimiter === null ? [] : [rateLimiterText(rateLimiter)]),
      ...standardCaveats({ ...observed, intervals, counters: result.counters }),
      ...result.remarks,
      ...(input.caveats ?? []),
    ],
    failures: failuresOf(result, faults),
    validity,
    verdict: validity.verdict === 'valid' ? 'pass' : 'invalid',
    exitCode: 0,
  };
}

/** What was watched beside the load. */
function componentsOf({
  components,
  regions: known = [],
  relayMetrics,
}: RecordInput): Pick<RunRecord, 'components' | 'regions' | 'relayMetrics'> {
  const regions = regionsOf(known, components);
  return {
    components: [...components],
    ...(regions === null ? {} : { regions }),
    ...(relayMetrics === undefined ? {} : { relayMetrics }),
  };
}

/** Most runs are too short to tell. */
function driftOf(sources: Parameters<typeof allDrifts>[0]): Pick<RunRecord, 'drift'> {
  const told = allDrifts(sources).filter(isTold);
  return told.length === 0 ? {} : { drift: told.map((each) => ({ ...each })) };
}

function invalidities(result: RunResult): Invalidity[] {
  const wrong = [...checkConservation(result.counters, result.load.offered), ...refusals(result.histograms)];
  return [...result.invalidities, ...wrong.map((text): Invalidity => ({ kind: 'books-wrong', text }))];
}

/** A run whose target was not broken as its scenario asks proves nothing; one that was ended early did not come to that. */
function failedFaults(faults: RunRecord['faults'], { partial }: RunResult): Invalidity[] {
  if (partial) return [];
  return faults.flatMap(({ action, on, problem }) =>
    problem === null ? [] : [{ kind: 'fault-failed', text: `fault ${action} on ${on}: ${problem}` }],
  );
}

/** What was broken on purpose closes connections too: whether clients came back is then for the gates to say. */
function failuresOf({ failures }: RunResult, faults: RunRecord['faults']): RunRecord['failures'] {
  return failures.filter(({ kind }) => faults.length === 0 || kind !== 'connections-closed');
}

function refusals(histograms: ReadonlyMap<string, LatencyHistogram>): string[] {
  return [...histograms]
    .filter(([, histogram]) => histogram.refused > 0)
    .map(
      ([key, histogram]) => `${key}: ${histogram.refused} samples were not numbers (a bug in relay-bench)`,
    );
}

function summaries({ histograms, effective }: RunResult): RunRecord['metrics'] {
  return Object.fromEntries(
    [...histograms].map(([key, histogram]) => {
      const worth = effective?.get(key);
      return [key, mutable({ ...histogram.summary(), ...(worth === undefined ? {} : { effective: worth }) })];
    }),
  );
}

function evidenceOf({ evidence }: RunResult): RunRecord['evidence'] {
  const mutableCase = (each: Evidence): RunRecord['evidence'][string][number] => ({
    ...each,
    filter: each.filter === null ? null : { ...each.filter },
    expected: [...each.expected],
    got: [...each.got],
  });
  return Object.fromEntries(
    Object.entries(evidence).map(([counter, cases]) => [counter, cases.map(mutableCase)]),
  );
}

/** The record's types come from the schema, whose arrays are not readonly. */
function mutable(summary: LatencySummary): RunRecord['metrics'][string] {
  return { ...summary, lowConfidence: [...summary.lowConfidence] };
}
