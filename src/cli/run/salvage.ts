import type { RunOptions, RunPlan } from '../../engine/run-plan.ts';
import type { RunResult } from '../../result/run-result.ts';

/** Carries out the run; where it throws in the midst of the load, what was measured until then is its result. */
export async function runOrSalvage(
  run: RunPlan,
  onCrash: ((error: unknown) => void) | undefined,
  options: RunOptions,
): Promise<RunResult> {
  let snapshot: (() => RunResult) | null = null;
  const onSnapshot = (given: () => RunResult): void => {
    snapshot = given;
    options.onSnapshot?.(given);
  };
  try {
    return await run({ ...options, onSnapshot });
  } catch (error) {
    const salvaged = (snapshot as (() => RunResult) | null)?.();
    if (salvaged === undefined || onCrash === undefined) throw error;
    onCrash(error);
    return { ...salvaged, partial: true };
  }
}
