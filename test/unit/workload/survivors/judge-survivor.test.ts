import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareNewestFirst } from '../../../../src/nostr/kinds.ts';
import { judgeSurvivor } from '../../../../src/workload/survivors/judge-survivor.ts';

const version = (created_at: number, id: string) => ({ created_at, id });
const OLD = version(1, 'c');
const LOW = version(2, 'a');
const HIGH = version(2, 'b');
const NEWER = version(3, 'd');
const known = (newest: typeof OLD | null, ...uncertain: string[]) => ({
  newest,
  uncertain: new Set(uncertain),
});

describe('judgeSurvivor', () => {
  it.each([
    ['the newest alone', known(LOW), [LOW], 'right'],
    ['the newest, twice on the wire', known(LOW), [LOW, LOW], 'right'],
    ['nothing', known(LOW), [], 'missing'],
    ['nothing, where nothing was taken', known(null), [], 'right'],
    ['two versions', known(LOW), [LOW, OLD], 'several'],
    ['an older version', known(LOW), [OLD], 'stale'],
    ['the higher id of the same second', known(LOW), [HIGH], 'tie'],
    ['a newer version whose OK never came', known(LOW, 'd'), [NEWER], 'right'],
    ['a version whose OK never came, where no other was taken', known(null, 'd'), [NEWER], 'right'],
    ['a newer version that this run has not sent', known(LOW), [NEWER], 'foreign'],
    ['an older version whose OK never came', known(LOW, 'c'), [OLD], 'stale'],
  ])('calls %s %4$s', (_what, address, left, outcome) => {
    expect(judgeSurvivor(address, left)).toBe(outcome);
  });

  it('calls exactly one version right, whichever were taken: the first in the order of NIP-01', () => {
    const versions = fc.uniqueArray(
      fc.record({ created_at: fc.integer({ min: 1, max: 4 }), id: fc.constantFrom(...'abcdefgh') }),
      { minLength: 1, selector: ({ id }) => id },
    );
    fc.assert(
      fc.property(versions, (taken) => {
        const [newest] = taken.toSorted(compareNewestFirst);
        if (newest === undefined) throw new Error('none');
        const right = taken.filter((one) => judgeSurvivor(known(newest), [one]) === 'right');
        expect(right).toEqual([newest]);
      }),
    );
  });
});
