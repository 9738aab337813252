import { describe, expect, it } from 'vitest';
import { Reopening } from '../../../../src/workload/subscribe/reopening.ts';
import { eventually } from '../../../support/eventually.ts';

function reopening(draw = () => 0) {
  const reopened: number[] = [];
  const all = new Reopening({ reopen: (connection) => reopened.push(connection), draw });
  return { all, reopened };
}

describe('live subscriptions that the relay has ended', () => {
  it('are opened again after their wait, each once', async () => {
    const { all, reopened } = reopening();
    all.onEnded(1, 'error');
    all.onEnded(1, 'error');
    all.onEnded(2, 'rate-limited');
    expect(reopened).toEqual([]);
    await eventually('both', () => reopened.length >= 2);
    expect(reopened).toEqual([1, 2]);
  });

  it('are opened again as often as they are ended', async () => {
    const { all, reopened } = reopening();
    for (let round = 1; round <= 3; round++) {
      all.onEnded(1, 'error');
      await eventually('the next', () => reopened.length === round);
    }
  });

  it.each(['restricted', 'blocked', 'invalid', 'unsupported', 'auth-required'])(
    'stay ended where the relay says %s',
    async (prefix) => {
      const { all, reopened } = reopening();
      all.onEnded(1, prefix);
      all.onEnded(2, 'error');
      await eventually('the other', () => reopened.length > 0);
      expect(reopened).toEqual([2]);
    },
  );

  it('stay ended when their connection is gone, or the run is over', async () => {
    const { all, reopened } = reopening();
    all.onEnded(1, 'error');
    all.forget(1);
    all.onEnded(2, 'error');
    all.stop();
    all.onEnded(3, 'error');
    await eventually('the last', () => reopened.length > 0);
    expect(reopened).toEqual([3]);
  });
});
