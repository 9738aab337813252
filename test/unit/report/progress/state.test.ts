import { describe, expect, it } from 'vitest';
import { currentPhase, elapsed_s, initialState, total_s } from '../../../../src/report/progress/state.ts';
import { connecting, draining, finished, interval, preparing, started, stateAfter } from './events.ts';

describe('the progress state', () => {
  it('goes through the stages of a run', () => {
    expect(initialState(0).stage).toBe('starting');
    expect(stateAfter([0, connecting(1)]).stage).toBe('connecting');
    expect(stateAfter([0, connecting(50)], [1, preparing(1)]).stage).toBe('preparing');
    expect(stateAfter([0, started]).stage).toBe('running');
    expect(stateAfter([0, started], [25_000, draining]).stage).toBe('draining');
    expect(stateAfter([0, started], [25_000, finished]).stage).toBe('finished');
  });

  it('sums what all seconds offered, sent and got wrong', () => {
    const state = stateAfter(
      [0, started],
      [1_000, interval(0, { errors: 3 }, 2)],
      [2_000, interval(1, { errors: 1 })],
    );
    expect(state.totals).toEqual({ offered: 300, sent: 300, errors: 4, rejected: 2 });
  });

  it('counts time from the start of the load', () => {
    const state = stateAfter([2_000, started]);
    expect(elapsed_s(state, 14_000)).toBe(12);
    expect(total_s(state)).toBe(25);
    expect(elapsed_s(initialState(0), 14_000)).toBe(0);
    expect(total_s(initialState(0))).toBe(0);
  });

  it('knows the current phase', () => {
    const state = stateAfter([0, started]);
    expect(currentPhase(state, 4_999)).toBe('warm-up');
    expect(currentPhase(state, 5_000)).toBe('steady');
    expect(currentPhase(state, 25_000)).toBe('last replies');
  });

  it('ends with the run, whatever comes late', () => {
    const ended = stateAfter([0, started], [25_000, finished]);
    expect(stateAfter([0, started], [25_000, finished], [25_100, interval(24)])).toEqual(ended);
  });
});
