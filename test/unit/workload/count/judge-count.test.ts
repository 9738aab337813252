import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COUNT_RULES, judgeCount, UNKNOWN_COUNT } from '../../../../src/workload/count/judge-count.ts';

const exact = (count: number) => ({ count, isApproximate: false });
const estimate = (count: number) => ({ count, isApproximate: true });
const known = (count: number) => ({ least: count, most: count });

describe('judging a count', () => {
  it('takes the right number, and every number within what is known', () => {
    expect(judgeCount(exact(200), known(200))).toBe('right');
    expect(judgeCount(exact(150), { least: 100, most: 200 })).toBe('right');
  });

  it('never calls anything wrong of which nothing is known', () => {
    expect(judgeCount(exact(0), UNKNOWN_COUNT)).toBe('right');
    expect(judgeCount(exact(1e9), UNKNOWN_COUNT)).toBe('right');
  });

  it('does not judge an estimate that says what it is: NIP-45 bounds no error', () => {
    expect(judgeCount(estimate(1), known(200))).toBe('approximate');
  });

  it('calls a number inexact that a probabilistic count could give without saying so', () => {
    expect(judgeCount(exact(199), known(200))).toBe('inexact');
    expect(judgeCount(exact(135), known(200))).toBe('inexact');
    expect(judgeCount(exact(265), known(200))).toBe('inexact');
  });

  it('calls a number wrong that is five standard errors away', () => {
    expect(judgeCount(exact(134), known(200))).toBe('too-few');
    expect(judgeCount(exact(266), known(200))).toBe('too-many');
    expect(judgeCount(exact(0), known(3))).toBe('too-few');
  });

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60])('calls %s malformed', (count) => {
    expect(judgeCount(exact(count), UNKNOWN_COUNT)).toBe('malformed');
    expect(judgeCount(estimate(count), UNKNOWN_COUNT)).toBe('malformed');
  });

  it('names the NIP for every fault', () => {
    for (const { nip, quote } of Object.values(COUNT_RULES)) {
      expect(nip).toBe('NIP-45');
      expect(quote).not.toBe('');
    }
  });

  it('has right numbers between the bounds and nowhere else', () => {
    const bounds = fc
      .tuple(fc.nat(10_000), fc.nat(10_000))
      .map(([least, more]) => ({ least, most: least + more }));
    fc.assert(
      fc.property(bounds, fc.nat(30_000), (between, count) => {
        const isWithin = count >= between.least && count <= between.most;
        expect(judgeCount(exact(count), between) === 'right').toBe(isWithin);
      }),
    );
  });

  it('never accuses less of a number that is nearer to the right one', () => {
    const severity = { right: 0, inexact: 1, 'too-few': 2, 'too-many': 2, approximate: 9, malformed: 9 };
    fc.assert(
      fc.property(fc.nat(5_000), fc.nat(5_000), fc.nat(5_000), (truth, distance, further) => {
        const near = judgeCount(exact(truth + distance), known(truth));
        const far = judgeCount(exact(truth + distance + further), known(truth));
        expect(severity[far]).toBeGreaterThanOrEqual(severity[near]);
      }),
    );
  });
});
