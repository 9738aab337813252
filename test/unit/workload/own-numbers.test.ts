import { expect, test } from 'vitest';
import { OwnNumbers } from '../../../src/workload/own-numbers.ts';

test('workers take numbers of their own, from the first of the workload on', () => {
  const [first, second] = [0, 1].map((index) => new OwnNumbers(100, { index, count: 2 }));
  expect([first?.take(), first?.take(), second?.take(), second?.take()]).toEqual([100, 102, 101, 103]);
});

test('a number that was given back is taken before a new one', () => {
  const numbers = new OwnNumbers(100, { index: 0, count: 2 });
  numbers.take();
  const second = numbers.take();
  numbers.give(second);
  expect([numbers.take(), numbers.take()]).toEqual([102, 104]);
});
