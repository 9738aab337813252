import { describe, expect, it } from 'vitest';
import { SpareHistograms } from '../../../src/metric/spare-histograms.ts';

describe('SpareHistograms', () => {
  it('gives out one that was given back, empty', () => {
    const spare = new SpareHistograms();
    const first = spare.take();
    first.record(1_000);
    first.censor();
    spare.give(first);
    const again = spare.take();
    expect(again).toBe(first);
    expect([again.count, again.censored, again.max_us, again.percentile(50)]).toEqual([0, 0, null, null]);
  });

  it('never gives the same one to two', () => {
    const spare = new SpareHistograms();
    spare.give(spare.take());
    expect(spare.take()).not.toBe(spare.take());
  });

  it('takes back what it has lent, also after an error', () => {
    const spare = new SpareHistograms();
    const lent = spare.lend((histogram) => histogram);
    const fails = (): never =>
      spare.lend(() => {
        throw new Error('no');
      });
    expect(fails).toThrow('no');
    expect(spare.take()).toBe(lent);
  });
});
