import { RelayBenchError } from '../../base/errors.ts';
import { keepToOthers } from '../../engine/pin.ts';
import { allowedCores } from '../../observe/cores.ts';
import { placementFor } from '../../plan/placement.ts';
import type { Plan } from '../../plan/plan.ts';

/**
 * A plan whose workers have cores of their own (`--pin`); this process, and whatever it starts from now on, keeps to the others.
 * @throws RelayBenchError `TOO_FEW_CORES`, `CANNOT_PIN`
 */
export async function placed(
  plan: Plan,
  cores: readonly number[] | null = allowedCores(),
  keep: typeof keepToOthers = keepToOthers,
): Promise<Plan> {
  if (cores === null)
    throw new RelayBenchError('which cores there are can be asked on Linux alone', {
      code: 'CANNOT_PIN',
      hint: 'leave out --pin, and the system decides where everything runs',
    });
  const placement = placementFor(plan.workers, cores);
  if (placement === null)
    throw new RelayBenchError(
      `--pin needs ${plan.workers + 1} cores, one for each worker and one for the rest: this process may use ${cores.length}`,
      { code: 'TOO_FEW_CORES', hint: 'ask for fewer by --workers, or leave out --pin' },
    );
  await keep(placement);
  return { ...plan, placement };
}
