import { describe, expect, it } from 'vitest';
import { placed } from '../../../../src/cli/run/placed.ts';
import type { Placement } from '../../../../src/plan/placement.ts';
import { samplePlan } from '../../../support/sample-plan.ts';

const PLAN = samplePlan({});

describe('placed', () => {
  it('keeps this process off the cores of the workers before anything is started', async () => {
    const kept: Placement[] = [];
    const plan = await placed(PLAN, [0, 1], async (placement) => void kept.push(placement));
    expect(kept).toEqual([{ workers: [1], others: [0] }]);
    expect(plan).toEqual({ ...PLAN, placement: { workers: [1], others: [0] } });
  });

  it('refuses where there is no core for each worker and the rest', async () => {
    await expect(placed(PLAN, [0], async () => undefined)).rejects.toMatchObject({
      code: 'TOO_FEW_CORES',
      message: '--pin needs 2 cores, one for each worker and one for the rest: this process may use 1',
      exitCode: 2,
    });
  });

  it('refuses where the system does not tell its cores', async () => {
    await expect(placed(PLAN, null, async () => undefined)).rejects.toMatchObject({
      code: 'CANNOT_PIN',
      exitCode: 2,
    });
  });
});
