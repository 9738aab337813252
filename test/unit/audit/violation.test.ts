import { describe, expect, test } from 'vitest';
import { checkedBy, inOrder, timelineOf } from '../../../src/audit/violation.ts';
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

describe('the invariants of an audit', () => {
  test('are all there, in their order, and those that nobody has looked at say so', () => {
    const I4 = checkedBy({ checked: 3, violations: [], basis: 'read' });
    const all = inOrder({ I4 });
    expect(all.map(({ id }) => id)).toEqual(INVARIANT_NAMES);
    expect(all.find(({ id }) => id === 'I4')).toMatchObject({ checked: 3, reason: null });
    expect(all.find(({ id }) => id === 'I1')).toMatchObject({ checked: 0, reason: 'not looked at' });
  });
});
