import { describe, expect, it } from 'vitest';
import { Standing } from '../../../../../src/relay/store/postgres/standing.ts';

describe('the standing of a question', () => {
  it('needs no more of later statements than of the first', () => {
    const standing = new Standing();
    expect([5, 9, 7].map((required) => standing.required(required))).toEqual([5, 5, 5]);
  });

  it('needs no more than there is after a failover', () => {
    const standing = new Standing();
    expect([5, 3, 9].map((required) => standing.required(required))).toEqual([5, 3, 3]);
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
