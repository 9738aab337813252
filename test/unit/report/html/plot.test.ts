import { expect, test } from 'vitest';
import { align } from '../../../../src/report/html/plot.ts';

test('lines with points at different places share one list of places; a gap is null, no point undefined', () => {
  const aligned = align([
    {
      label: 'a',
      ink: 1,
      points: [
        [0, 1],
        [2, null],
      ],
    },
    {
      label: 'b',
      ink: 2,
      points: [
        [1, 5],
        [2, 6],
      ],
    },
  ]);
  expect(aligned.xs).toEqual([0, 1, 2]);
  expect(aligned.columns).toEqual([
    [1, undefined, null],
    [undefined, 5, 6],
  ]);
});
