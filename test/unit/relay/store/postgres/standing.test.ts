import { describe, expect, it } from 'vitest';
import { Standing } from '../../../../../src/relay/store/postgres/standing.ts';

const [ONE, OTHER] = [{ name: 'one' }, { name: 'other' }];

describe('the standing of a question', () => {
  it('needs of any server what is needed now before one has answered', () => {
    const standing = new Standing();
    expect([5, 9].map((required) => standing.required(ONE, required))).toEqual([5, 9]);
  });

  it('needs no more of the server that has answered, and what is needed now of another', () => {
    const standing = new Standing();
    standing.onAnswered(ONE, 5);
    standing.onAnswered(ONE, 7);
    expect([standing.required(ONE, 9), standing.required(OTHER, 9)]).toEqual([5, 9]);
  });

  it('does not trust the first server again for what another has shown meanwhile', () => {
    const standing = new Standing();
    standing.onAnswered(ONE, 5);
    standing.onAnswered(OTHER, 6);
    expect([standing.required(ONE, 9), standing.required(OTHER, 9)]).toEqual([9, 6]);
  });

  it('needs no more than there is after a failover', () => {
    const standing = new Standing();
    standing.onAnswered(ONE, 5);
    expect(standing.required(ONE, 3)).toBe(3);
  });

  it('keeps its turn, whatever is asked meanwhile', () => {
    let turn = 0;
    const next = (): number => turn++;
    const [one, other] = [new Standing(), new Standing()];
    const asked = [one, other, one, other].map((standing) => standing.inTurn(['a', 'b', 'c'], next)[0]);
    expect(asked).toEqual(['a', 'b', 'a', 'b']);
  });

  it('goes to whoever is left', () => {
    const standing = new Standing();
    expect(standing.inTurn(['a', 'b'], () => 1)).toEqual(['b', 'a']);
    expect(standing.inTurn(['a'], () => 1)).toEqual(['a']);
    expect(standing.inTurn([], () => 1)).toEqual([]);
  });
});
