import { describe, expect, it } from 'vitest';
import { NOTHING_ADVERTISED } from '../../../src/judge/advertised.ts';
import { adaptPlan } from '../../../src/plan/adapt-plan.ts';
import { samplePlan } from '../../support/sample-plan.ts';

const SEARCH = { name: 'words', filter: { search: 1, limit: 10 } };
const FEED = { name: 'feed', filter: { kinds: [1], limit: 10 } };

const planOf = (...filters: object[]) =>
  samplePlan({ corpus: { events: 10 }, workloads: { query: { rate: '5/s', filters } } });
const offering = (...nips: number[]) => ({ ...NOTHING_ADVERTISED, nips });

describe('a plan that is adapted to its relay', () => {
  it('keeps its searches where the relay lists NIP-50', () => {
    const { plan, remarks } = adaptPlan(planOf(SEARCH, FEED), offering(1, 50));
    expect(plan.workloads.query?.filters.map(({ name }) => name)).toEqual(['words', 'feed']);
    expect(plan.advertised.nips).toEqual([1, 50]);
    expect(remarks).toEqual([]);
  });

  it.each([
    ['lists other NIPs', offering(1, 11)],
    ['says nothing of itself', NOTHING_ADVERTISED],
  ])('leaves its searches out where the relay %s, and says so', (_what, advertised) => {
    const { plan, remarks } = adaptPlan(planOf(SEARCH, FEED), advertised);
    expect(plan.workloads.query?.filters.map(({ name }) => name)).toEqual(['feed']);
    expect(remarks).toEqual([expect.stringContaining('does not list NIP-50 (search): not asked with words')]);
  });

  it('is refused where it does nothing but search: that is no fault of the relay', () => {
    expect(() => adaptPlan(planOf(SEARCH), offering(1))).toThrow(
      expect.objectContaining({ code: 'SEARCH_NOT_OFFERED', exitCode: 3 }) as Error,
    );
  });
});
