import { describe, expect, it } from 'vitest';
import { axisScaleOf } from '../../../../src/report/html/scale.ts';
import { pathOf } from '../../../../src/report/html/svg-path.ts';

const x = axisScaleOf([0, 4], false);
const y = axisScaleOf([0, 10], false);

describe('a path', () => {
  it('goes from point to point in relative steps', () => {
    expect(
      pathOf(
        [
          [0, 0],
          [1, 5],
          [2, 10],
          [4, 0],
        ],
        x,
        y,
      ),
    ).toBe('M0 1000h0l500-500 500-500 1000 1000');
  });

  it('has a gap where nothing was measured, and a dot for a point between two gaps', () => {
    expect(
      pathOf(
        [
          [0, 0],
          [1, 0],
          [2, null],
          [3, 10],
          [4, null],
        ],
        x,
        y,
      ),
    ).toBe('M0 1000h0l500 0M1500 0h0');
  });

  it('is empty without points', () => {
    expect(pathOf([], x, y)).toBe('');
  });
});
