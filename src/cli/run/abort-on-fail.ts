import type { RunOptions } from '../../engine/run-plan.ts';
import { brokenGate } from '../../gate/broken.ts';
import type { Plan } from '../../plan/plan.ts';
import type { GateResult, RunRecord } from '../../record/schema.ts';
import { gateSentence } from '../../report/view/gate-sentence.ts';
import type { OnProgress } from '../../result/progress.ts';
import type { RunResult } from '../../result/run-result.ts';

/** Looks at the gates of a run while it goes on. */
export interface GateWatch {
  /** For the run: aborted by the user or by a gate. */
  readonly options: Pick<RunOptions, 'signal' | 'onProgress' | 'onSnapshot'>;
  /** Why a gate ended the run, one sentence; null where none did. */
  reason(): string | null;
}

export interface GateWatchRequest {
  readonly plan: Plan;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
  /** The record of what was measured so far. */
  readonly recordOf: (result: RunResult) => RunRecord;
}

/**
 * Ends a run where the plan says so and a gate can no longer hold: offering stops, what is in flight drains, the record
 * is complete up to there. Looks once a second, from the plan's delay on.
 */
export function watchGates(request: GateWatchRequest): GateWatch {
  const { plan, signal, onProgress, recordOf } = request;
  const { abort } = plan;
  if (abort === null) return { options: { signal, onProgress }, reason: () => null };
  const controller = new AbortController();
  let snapshot: (() => RunResult) | null = null;
  let broken: { readonly gate: GateResult; readonly t: number } | null = null;
  const fromSecond = measuredStart_s(plan) + abort.delayMs / 1_000;
  const look = (second: number): void => {
    if (broken !== null || snapshot === null || second + 1 < fromSecond) return;
    const gate = brokenGate(recordOf(snapshot()), plan.gates, abort);
    if (gate === null) return;
    broken = { gate, t: second + 1 };
    controller.abort('gate');
  };
  return {
    options: {
      signal: AbortSignal.any([signal, controller.signal]),
      onSnapshot: (given) => {
        snapshot = given;
      },
      onProgress: (event) => {
        onProgress(event);
        if (event.type === 'interval') look(event.row.t);
      },
    },
    reason: () =>
      broken === null ? null : `a gate ended the run after ${broken.t} s: ${gateSentence(broken.gate)}`,
  };
}

function measuredStart_s({ phases }: Plan): number {
  return (phases.find(({ kind }) => kind === 'measured')?.startNs ?? 0) / 1e9;
}
