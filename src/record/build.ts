import type { RunResult } from '../engine/run-result.ts';
import type { LatencyHistogram } from '../metric/histogram.ts';
import type { LatencySummary } from '../metric/summary.ts';
import type { Plan } from '../plan/plan.ts';
import { standardCaveats } from './caveats.ts';
import { checkConservation } from './conservation.ts';
import { maskUrl } from '../base/mask-url.ts';
import { type ComponentUsage, type RunRecord, SCHEMA_VERSION } from './schema.ts';

export interface RecordInput {
  readonly tool: RunRecord['tool'];
  readonly runId: string;
  readonly plan: Plan;
  readonly result: RunResult;
  /** URLs may still hold secrets, they are masked here. */
  readonly target: RunRecord['target'];
  readonly environment: RunRecord['environment'];
  readonly components: readonly ComponentUsage[];
  /** What `calibrate` found on this machine; default null. */
  readonly ceiling?: RunRecord['generator']['ceiling'];
  readonly faults?: RunRecord['faults'];
  readonly audit?: RunRecord['audit'];
  /** Besides the standard ones (same host, closed model, no calibration, low confidence). */
  readonly caveats?: readonly string[];
}

/**
 * The run record before its gates are evaluated: no gate, verdict by validity alone. Pass it to the gates, then
 * to `judge`. Broken bookkeeping (violated conservation, samples that a histogram refused) makes it invalid.
 */
export function buildRecord(input: RecordInput): RunRecord {
  const { plan, result } = input;
  const generator = { ...result.generator, ceiling: input.ceiling ?? null };
  const metrics = summaries(result.histograms);
  const validity = validityOf(result);
  const observed = { environment: input.environment, load: result.load, generator, metrics };
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
    notMeasured: result.notMeasured,
    ratios: result.ratios,
    counters: result.counters,
    intervals: result.intervals,
    components: [...input.components],
    faults: input.faults ?? [],
    audit: input.audit ?? null,
    gates: [],
    noticeSamples: result.noticeSamples,
    caveats: [...standardCaveats(observed), ...(input.caveats ?? [])],
    validity,
    verdict: validity.verdict === 'valid' ? 'pass' : 'invalid',
    exitCode: 0,
  };
}

function validityOf(result: RunResult): RunRecord['validity'] {
  const bugs = [...checkConservation(result.counters), ...refusals(result.histograms)];
  if (bugs.length === 0) return result.validity;
  return { verdict: 'invalid', reasons: [...result.validity.reasons, ...bugs] };
}

function refusals(histograms: ReadonlyMap<string, LatencyHistogram>): string[] {
  return [...histograms]
    .filter(([, histogram]) => histogram.refused > 0)
    .map(
      ([key, histogram]) => `${key}: ${histogram.refused} samples were not numbers (a bug in relay-bench)`,
    );
}

function summaries(histograms: ReadonlyMap<string, LatencyHistogram>): RunRecord['metrics'] {
  return Object.fromEntries([...histograms].map(([key, histogram]) => [key, mutable(histogram.summary())]));
}

/** The record's types come from the schema, whose arrays are not readonly. */
function mutable(summary: LatencySummary): RunRecord['metrics'][string] {
  return { ...summary, lowConfidence: [...summary.lowConfidence] };
}
