import { expect, it } from 'vitest';
import { eventually } from '../../support/eventually.ts';

it('eventually looks again until it holds', async () => {
  let looks = 0;
  await eventually('three looks', async () => ++looks === 3, { everyMs: 0 });
  expect(looks).toBe(3);
});

it('eventually gives up and says what has not come', async () => {
  await expect(eventually('a miracle', () => false, { everyMs: 0, looks: 4 })).rejects.toThrow(
    'never: a miracle',
  );
});
