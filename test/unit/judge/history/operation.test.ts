import { describe, expect, test } from 'vitest';
import { factsOf } from '../../../../src/judge/history/event-facts.ts';
import { type EndedEntry, OperationJoiner, type SentEntry } from '../../../../src/judge/history/operation.ts';
import { madeUpEvent } from '../../../support/histories.ts';

const sent = (number: number, atMs = 0): SentEntry => ({
  type: 'sent',
  number,
  atMs,
  connection: 4,
  relay: -1,
  facts: factsOf(madeUpEvent(number)),
});
const ended = (number: number, changes: Partial<EndedEntry> = {}): EndedEntry => ({
  type: 'ended',
  number,
  atMs: 9,
  outcome: 'accepted',
  reason: '',
  ...changes,
});
const unknown = { outcome: 'unknown', reason: 'no answer' } as const;

describe('joining the entries of a history', () => {
  test('gives an operation when its end is known', () => {
    const joiner = new OperationJoiner();
    expect(joiner.push(sent(1))).toBeNull();
    expect(joiner.push(ended(1))).toMatchObject({
      number: 1,
      sentMs: 0,
      endedMs: 9,
      outcome: 'accepted',
      connection: 4,
    });
    expect(joiner.rest()).toEqual([]);
  });

  test('waits for a late answer of what was given up', () => {
    const joiner = new OperationJoiner();
    joiner.push(sent(1));
    expect(joiner.push(ended(1, unknown))).toBeNull();
    expect(joiner.push(ended(1, { atMs: 20 }))).toMatchObject({ outcome: 'accepted', endedMs: 20 });
  });

  test('tells at the end what was never answered, and what has no end at all', () => {
    const joiner = new OperationJoiner();
    for (const entry of [sent(1), sent(2), ended(1, unknown)]) joiner.push(entry);
    expect(joiner.rest()).toMatchObject([
      { number: 1, outcome: 'unknown', reason: 'no answer', endedMs: null },
      { number: 2, outcome: 'unknown', reason: 'unanswered', endedMs: null },
    ]);
  });

  test('takes the first time of what is sent again, and no end without a beginning', () => {
    const joiner = new OperationJoiner();
    for (const entry of [sent(1, 1), sent(1, 5)]) joiner.push(entry);
    expect(joiner.push(ended(1))).toMatchObject({ sentMs: 1 });
    expect(joiner.push(ended(7))).toBeNull();
  });
});
