import type { RunResult } from '../result/run-result.ts';
import type { AgentReport } from '../result/schema.ts';

/** Agents that begin further apart than this have not offered the load that was asked for. */
const MOST_LATE_US = 250_000;

/** A result with the machines that carried it out, and what their clocks mean for it. */
export function withAgents(result: RunResult, agents: readonly AgentReport[]): RunResult {
  const late = agents.filter(({ startedLate_us }) => (startedLate_us ?? 0) > MOST_LATE_US);
  return {
    ...result,
    generator: { ...result.generator, agents: [...agents] },
    invalidities: [
      ...result.invalidities,
      ...late.map(({ name, startedLate_us }) => ({
        kind: 'load-not-offered' as const,
        text: `agent ${name} began ${milliseconds(startedLate_us)} after the common start, more than ${milliseconds(MOST_LATE_US)}`,
      })),
    ],
  };
}

function milliseconds(us: number | null): string {
  return `${((us ?? 0) / 1_000).toFixed(0)} ms`;
}
