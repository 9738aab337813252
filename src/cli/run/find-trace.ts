import { dirname, resolve } from 'node:path';
import { NS_PER_MS, NS_PER_US } from '../../base/clock.ts';
import { RelayBenchError } from '../../base/errors.ts';
import type { TracedLoad } from '../../plan/parts.ts';
import type { Scenario } from '../../scenario/schema.ts';
import { summariseTrace } from '../../trace/read-trace.ts';

export interface TraceRequest {
  /** Flags included. */
  readonly scenario: Scenario;
  /** The file that holds the scenario, from which a trace is named; null where the command line names it. */
  readonly scenarioFile: string | null;
}

/**
 * The trace that a scenario offers again, with all that a plan must know of it; null where it offers none.
 * @throws RelayBenchError `TRACE_MISSING` (exit 2) where none is named; what reading one throws
 */
export async function findTrace({ scenario, scenarioFile }: TraceRequest): Promise<TracedLoad | null> {
  const { recorded } = scenario.workloads;
  if (recorded === undefined) return null;
  if (recorded.trace === undefined) {
    throw new RelayBenchError(`scenario ${scenario.name} needs a trace`, {
      code: 'TRACE_MISSING',
      hint: 'record one with `relay-bench record`, and name it with --trace',
    });
  }
  const path = resolve(scenarioFile === null ? '.' : dirname(scenarioFile), recorded.trace);
  const { steps, spanUs, connections, atOnce, subscriptions } = await summariseTrace(path);
  const { REQ, EVENT, COUNT, CLOSE, AUTH, other } = steps;
  return {
    ...{ path, spanNs: spanUs * NS_PER_US, connections, atOnce, subscriptions },
    messages: { REQ, EVENT, COUNT, CLOSE },
    passedOver: AUTH + other,
  };
}

/** A moment more than the trace lasts, so that its last step is offered too. */
const TAIL_MS = 100;
const LEAST_MEASURED_MS = 1_000;

/** How long the measured phases are so that all of a trace is offered, ms. */
export function lengthOfTrace({ spanNs }: TracedLoad, { warmup, workloads }: Scenario): number {
  const lengthMs = spanNs / NS_PER_MS / (workloads.recorded?.factor ?? 1);
  return Math.max(LEAST_MEASURED_MS, Math.ceil(lengthMs + TAIL_MS) - warmup);
}
