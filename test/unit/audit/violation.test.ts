import { describe, expect, test } from 'vitest';
import {
  checkedBy,
  cutOff,
  inOrder,
  notChecked,
  timelineOf,
  together,
} from '../../../src/audit/violation.ts';
import { factsOf } from '../../../src/judge/history/event-facts.ts';
import type { Operation } from '../../../src/judge/history/operation.ts';
import { INVARIANT_NAMES } from '../../../src/metric/invariants.ts';
import { madeUpEvent } from '../../support/histories.ts';

const OPERATION: Operation = {
  facts: factsOf(madeUpEvent(1)),
  ...{ number: 1, connection: 4, relay: 0, sentMs: 10.04, endedMs: 20.06 },
  ...{ outcome: 'accepted', reason: 'why' },
};
const clock = { nowMs: () => 99 };

describe('the timeline of an event', () => {
  test.each([
    ['accepted', 'acknowledged: OK true'],
    ['duplicate', 'acknowledged as a duplicate'],
    ['superseded', 'refused as superseded: why'],
    ['refused', 'refused: why'],
    ['unknown', 'never answered: why'],
  ] as const)('says how publishing has ended: %s', (outcome, text) => {
    expect(timelineOf({ ...OPERATION, outcome }, 'not found', clock)).toEqual([
      { atMs: 10, what: 'sent on connection 4, relay process 1' },
      { atMs: 20.1, what: text },
      { atMs: 99, what: 'not found' },
    ]);
  });

  test('names no time of an answer that never came, and no relay process that is not known', () => {
    const [sent, ended] = timelineOf({ ...OPERATION, endedMs: null, relay: -1 }, 'not found', clock);
    expect(sent?.what).toBe('sent on connection 4');
    expect(ended?.atMs).toBeNull();
  });
});

describe('two checks of one invariant', () => {
  const whole = checkedBy({ checked: 3, violations: [], basis: 'read' });

  test('are added', () => {
    const other = checkedBy({ checked: 2, violations: [], violated: 1, basis: 'read too' });
    expect(together(whole, other)).toMatchObject({
      checked: 5,
      violated: 1,
      reason: null,
      basis: 'read; read too',
    });
  });

  test('are what one has shown where the other had nothing to look at', () => {
    expect(together(whole, notChecked('nothing was deleted'))).toBe(whole);
    expect(together(notChecked('nothing was deleted'), whole)).toBe(whole);
  });

  test.each([
    ['first', together(cutOff('time was up'), whole)],
    ['second', together(whole, cutOff('time was up'))],
  ])('say why the %s was not looked at', (_which, both) => {
    expect(both).toMatchObject({ checked: 3, reason: 'time was up', isCut: true });
  });

  test('say so also where neither was', () => {
    expect(together(notChecked('nothing was deleted'), cutOff('time was up'))).toMatchObject({
      checked: 0,
      reason: 'time was up',
    });
  });
});

describe('the invariants of an audit', () => {
  test('hold nothing but what a record has', () => {
    const [I1] = inOrder({ I1: cutOff('time was up') });
    expect(I1).toEqual({ id: 'I1', ...notChecked('time was up') });
  });

  test('are all there, in their order, and those that nobody has looked at say so', () => {
    const I4 = checkedBy({ checked: 3, violations: [], basis: 'read' });
    const all = inOrder({ I4 });
    expect(all.map(({ id }) => id)).toEqual(INVARIANT_NAMES);
    expect(all.find(({ id }) => id === 'I4')).toMatchObject({ checked: 3, reason: null });
    expect(all.find(({ id }) => id === 'I1')).toMatchObject({ checked: 0, reason: 'not looked at' });
  });
});
