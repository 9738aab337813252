import { expect, it } from 'vitest';
import { eventually, eventuallyPasses } from '../../support/eventually.ts';

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

it('eventuallyPasses repeats an assertion until it passes', async () => {
  let looks = 0;
  await eventuallyPasses(async () => expect(++looks).toBe(3), { everyMs: 0 });
  expect(looks).toBe(3);
});

it('eventuallyPasses gives up with what the assertion said last', async () => {
  let looks = 0;
  await expect(
    eventuallyPasses(() => expect(`look ${++looks}`).toBe('a miracle'), { everyMs: 0, looks: 4 }),
  ).rejects.toThrow(/look 4/);
});
