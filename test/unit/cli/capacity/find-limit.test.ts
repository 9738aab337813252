import { describe, expect, test } from 'vitest';
import { RelayBenchError } from '../../../../src/base/errors.ts';
import { EXIT } from '../../../../src/base/exit-codes.ts';
import { limitOf } from '../../../../src/capacity/bracket.ts';
import { trialsOf } from '../../../../src/capacity/build.ts';
import { findLimit, type LimitRequest } from '../../../../src/cli/capacity/find-limit.ts';
import type { Levels } from '../../../../src/cli/capacity/levels.ts';
import type { Plan } from '../../../../src/plan/plan.ts';
import type { RunRecord } from '../../../../src/record/schema.ts';
import { samplePlan } from '../../../support/sample-plan.ts';
import { sampleRecord } from '../../../support/sample-record.ts';

const RECORDS = { pass: sampleRecord('pass'), fail: sampleRecord('fail'), invalid: sampleRecord('invalid') };

const LEVELS: Levels = {
  search: { start: 100, tolerance: 0.05, least: 1, most: 1_000_000, whole: false },
  unit: 'events',
  base: samplePlan(),
  numbersAt: (level) => ({ rate_per_s: level, connections: 10 }),
  planAt: async (level) => samplePlan({ workloads: { publish: { rate: `${level}/s` } } }),
};

const rateOf = (plan: Plan): number => plan.streams[0]?.rate_per_s ?? Number.NaN;

/** A search against a relay that carries 300/s; time passes only in runs, ten seconds in each. */
function request(
  changes: Partial<LimitRequest> = {},
): LimitRequest & { readonly kept: string[]; readonly loads: number[] } {
  const kept: string[] = [];
  const loads: number[] = [];
  const asked: LimitRequest = {
    levels: LEVELS,
    of: 'rate',
    budgetMs: 600_000,
    isKept: false,
    measure: async (plan): Promise<RunRecord> => (rateOf(plan) > 300 ? RECORDS.fail : RECORDS.pass),
    keep: async (_record, file) => {
      kept.push(file);
    },
    requireRoom: () => undefined,
    isInterrupted: () => false,
    say: { before: () => undefined, after: () => undefined, rested: () => undefined },
    nowNs: () => loads.length * 10e9,
    ...changes,
  };
  const { measure } = asked;
  const counted = async (plan: Plan): Promise<RunRecord> => {
    loads.push(rateOf(plan));
    return measure(plan);
  };
  return { ...asked, measure: counted, kept, loads };
}

const limit = (found: Awaited<ReturnType<typeof findLimit>>) => limitOf(trialsOf(found.steps, 'rate'));

describe('findLimit', () => {
  test('searches to the tolerance and keeps the record of every step', async () => {
    const asked = request();
    const found = await findLimit(asked);
    expect(found.ended).toBe('tolerance');
    expect(limit(found)).toMatchObject({ low: 300, confirmed: true, atLeast: false });
    expect(asked.kept).toEqual(found.steps.map(({ file }) => file));
    expect(asked.kept[1]).toBe('steps/02-200-10/run.json');
  });

  test('ends with what it has when the next step does not fit into the budget', async () => {
    const found = await findLimit(request({ budgetMs: 44_000 }));
    expect(found.ended).toBe('budget');
    expect(found.steps.map(({ rate_per_s }) => rate_per_s)).toEqual([100, 200, 400]);
    expect(limit(found)).toMatchObject({ low: 200, high: 400, confirmed: false });
  });

  test('refuses a budget that is too small for one step', async () => {
    await expect(findLimit(request({ budgetMs: 5_000 }))).rejects.toMatchObject({ code: 'PLAN_IMPOSSIBLE' });
  });

  test('ends in order when it is interrupted: the step of the signal is kept and says nothing', async () => {
    let runs = 0;
    const found = await findLimit(
      request({
        measure: async () => ({ ...RECORDS.pass, exitCode: ++runs === 2 ? 130 : 0 }),
        isInterrupted: () => runs >= 2,
      }),
    );
    expect(found.ended).toBe('interrupted');
    expect(found.steps.map(({ verdict }) => verdict)).toEqual(['held', 'stopped']);
    expect(limit(found)).toMatchObject({ low: 100 });
  });

  test('ends with what it has when the target does not come back', async () => {
    const gone = new RelayBenchError('nobody answers', { code: 'GONE', exitCode: EXIT.unreachable });
    let runs = 0;
    const found = await findLimit(
      request({
        measure: async () => {
          if (++runs > 2) throw gone;
          return RECORDS.pass;
        },
      }),
    );
    expect(found).toMatchObject({ ended: 'target-lost', lost: gone });
    expect(limit(found)).toMatchObject({ low: 200, atLeast: true });
  });

  test('passes on what the first step throws', async () => {
    const gone = new RelayBenchError('nobody answers', { code: 'GONE', exitCode: EXIT.unreachable });
    const asked = request({ measure: () => Promise.reject(gone) });
    await expect(findLimit(asked)).rejects.toBe(gone);
  });

  test('takes a level that this machine can’t hold for none of the relay’s doing', async () => {
    const found = await findLimit(
      request({
        measure: async () => RECORDS.pass,
        requireRoom: (plan) => {
          if (rateOf(plan) > 150)
            throw new RelayBenchError('too few open files', {
              code: 'LIMIT_TOO_LOW',
              exitCode: EXIT.unreachable,
            });
        },
      }),
    );
    expect(found.steps.find(({ file }) => file === null)).toMatchObject({
      verdict: 'invalid',
      reason: 'too few open files',
    });
    expect(limit(found)).toMatchObject({ atLeast: true, high: null });
  });

  test('lets a target that it keeps come to rest after a step that broke, under a light load', async () => {
    let answers = 0;
    const asked = request({
      isKept: true,
      budgetMs: 10_000_000,
      measure: async (plan) => {
        const isLight = rateOf(plan) < 100;
        if (isLight) return ++answers === 1 ? RECORDS.fail : RECORDS.pass;
        return rateOf(plan) > 300 ? RECORDS.fail : RECORDS.pass;
      },
    });
    const found = await findLimit(asked);
    const followed = found.steps.slice(0, -1);
    const broken = followed.filter(({ verdict }) => verdict === 'broken');
    expect(broken.length).toBeGreaterThan(1);
    expect(broken.every(({ coolDown }) => coolDown?.calm === true)).toBe(true);
    expect(
      found.steps.filter(({ verdict }) => verdict === 'held').every(({ coolDown }) => coolDown === null),
    ).toBe(true);
    expect(asked.loads.filter((rate) => rate === 12.5).length).toBe(broken.length + 1);
  });

  test('waits for no rest where the budget has no other step, nor after the last one', async () => {
    const asked = request({ isKept: true, budgetMs: 44_000 });
    const found = await findLimit(asked);
    expect(found.ended).toBe('budget');
    expect(found.steps.at(-1)).toMatchObject({ verdict: 'broken', coolDown: null });
    expect(asked.loads).toEqual([100, 200, 400]);
  });

  test('takes the next step in time where the target does not come to rest', async () => {
    const asked = request({
      isKept: true,
      // Room for three steps, one question whether it is at rest, and one more step.
      budgetMs: 54_000,
      measure: async (plan) => (rateOf(plan) < 100 || rateOf(plan) > 300 ? RECORDS.fail : RECORDS.pass),
    });
    const found = await findLimit(asked);
    expect(found.steps.map(({ rate_per_s }) => rate_per_s)).toEqual([100, 200, 400, 300]);
    expect(found.steps[2]?.coolDown?.calm).toBe(false);
  });
});
