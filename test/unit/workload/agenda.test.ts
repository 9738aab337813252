import { expect, test } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { Agenda } from '../../../src/workload/agenda.ts';

test('what is due first is taken first, whenever it was added', () => {
  const agenda = new Agenda<number>();
  const random = createRandom(7, 'agenda');
  const due = Array.from({ length: 500 }, () => random.int(1_000));
  for (const dueNs of due) agenda.add(dueNs, dueNs);
  const taken: number[] = [];
  for (let dueNs = agenda.take(); dueNs !== null; dueNs = agenda.take()) taken.push(dueNs);
  expect(taken).toEqual(due.toSorted((a, b) => a - b));
});

test('it goes on while things are added and taken by turns', () => {
  const agenda = new Agenda<string>();
  agenda.add(30, 'c');
  agenda.add(10, 'a');
  expect(agenda.nextNs).toBe(10);
  expect(agenda.take()).toBe('a');
  agenda.add(20, 'b');
  expect([agenda.take(), agenda.take(), agenda.take()]).toEqual(['b', 'c', null]);
});

test('an empty one is due never', () => {
  const agenda = new Agenda<string>();
  expect(agenda.nextNs).toBe(Number.POSITIVE_INFINITY);
  expect(agenda.size).toBe(0);
});
