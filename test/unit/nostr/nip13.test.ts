import { describe, expect, it } from 'vitest';
import { committedTarget, difficultyOf, workProblem } from '../../../src/nostr/nip13.ts';

describe('proof of work (NIP-13)', () => {
  it.each([
    ['000000000e9d97a1ab09fc381030b346cdd7a142ad57e6df0b46dc9bef6c7e2d', 36],
    [`0f${'0'.repeat(62)}`, 4],
    ['f'.repeat(64), 0],
    [`7${'f'.repeat(63)}`, 1],
    [`02${'f'.repeat(62)}`, 6],
    ['0'.repeat(64), 256],
  ])('of the id %s is %i bits', (id, bits) => {
    expect(difficultyOf(id)).toBe(bits);
  });

  it.each([
    [[['nonce', '776797', '20']], 20],
    [[['nonce', '776797']], null],
    [[['nonce', '1', 'many']], null],
    [[], null],
  ])('commits by %j to %s', (tags, target) => {
    expect(committedTarget(tags)).toBe(target);
  });

  const id = `00${'f'.repeat(62)}`;

  it.each([
    ['no work where none is asked for', 0, [], null],
    ['enough work', 8, [['nonce', '1', '8']], null],
    ['enough work without a commitment', 8, [], null],
    ['too little', 9, [['nonce', '1', '9']], 'difficulty 8 is less than 9'],
    ['a lucky id of somebody who aimed lower', 8, [['nonce', '1', '4']], 'committed target 4 is less than 8'],
  ])('judges %s', (_name, minimum, tags, problem) => {
    expect(workProblem({ id, tags }, minimum)).toBe(problem);
  });
});
