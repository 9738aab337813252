import { expect, it } from 'vitest';
import { Casebook, MOST_CASES } from '../../../src/judge/observations.ts';

function caseOf(atMs: number, reason?: string) {
  const rest = { connection: 1, subscription: 's', filter: null, expected: [], got: [] };
  return reason === undefined ? { atMs, ...rest } : { atMs, ...rest, reason };
}

it('keeps the first cases of each counter and says when it has enough', () => {
  const book = new Casebook();
  for (let at = 0; at < 50; at++) book.addCase('events_invalid', caseOf(at));
  expect(book.observations().evidence['events_invalid']?.map(({ atMs }) => atMs)).toEqual([
    ...Array(MOST_CASES).keys(),
  ]);
  expect([book.wants('events_invalid'), book.wants('answers_wrong')]).toEqual([false, true]);
});

it('keeps a case of every word of a counter, however frequent another one is', () => {
  const book = new Casebook();
  for (let at = 0; at < 300; at++) book.addCase('answers_wrong', caseOf(at, 'order'));
  book.addCase('answers_wrong', caseOf(400, 'missing'));
  const reasons = book.observations().evidence['answers_wrong']?.map(({ reason }) => reason) ?? [];
  expect([reasons.length, new Set(reasons)]).toEqual([MOST_CASES, new Set(['order', 'missing'])]);
});
