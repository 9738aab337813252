import { describe, expect, it } from 'vitest';
import { Budgets } from '../../../../src/relay/limits/budgets.ts';
import { DEFAULT_LIMITS, type RelayLimits } from '../../../../src/relay/limits/limits.ts';

function setUp(limits: Partial<RelayLimits>) {
  const clock = { ms: 0 };
  const budgets = new Budgets({ ...DEFAULT_LIMITS, ...limits }, () => clock.ms);
  const open = (address = 'here') => {
    const budget = budgets.open(address);
    if (budget === null) throw new Error('not admitted');
    return budget;
  };
  return { clock, budgets, open };
}

const count = (take: () => boolean, times: number): number =>
  Array.from({ length: times }, take).filter(Boolean).length;

describe('the budgets', () => {
  it('are without limits where none are set', () => {
    const { open } = setUp({});
    expect(count(open().takeEvent, 1_000)).toBe(1_000);
  });

  it('allow a burst of five seconds and then the rate', () => {
    const { open, clock } = setUp({ maxEventsPerS: 10 });
    const { takeEvent } = open();
    expect(count(takeEvent, 100)).toBe(50);
    clock.ms = 1_000;
    expect(count(takeEvent, 100)).toBe(10);
    clock.ms = 3_600_000;
    expect(count(takeEvent, 100)).toBe(50);
  });

  it('allow one at least, however small the rate', () => {
    const { open, clock } = setUp({ maxReqsPerS: 1 });
    const { takeReq } = open();
    expect(count(takeReq, 9)).toBe(5);
    clock.ms = 999;
    expect(takeReq()).toBe(false);
  });

  it('count events and requests apart', () => {
    const { open } = setUp({ maxEventsPerS: 1, maxReqsPerS: 1 });
    const budget = open();
    expect([count(budget.takeEvent, 9), count(budget.takeReq, 9)]).toEqual([5, 5]);
  });

  it('belong to a connection, or to all connections of an address', () => {
    const each = setUp({ maxEventsPerS: 1 });
    expect([count(each.open().takeEvent, 9), count(each.open().takeEvent, 9)]).toEqual([5, 5]);
    const together = setUp({ maxEventsPerSPerIp: 1 });
    const [a, b, other] = [together.open(), together.open(), together.open('there')];
    expect([count(a.takeEvent, 9), count(b.takeEvent, 9), count(other.takeEvent, 9)]).toEqual([5, 0, 5]);
  });

  it('are not refilled by reconnecting', () => {
    const { open } = setUp({ maxEventsPerSPerIp: 1 });
    const first = open();
    expect(count(first.takeEvent, 9)).toBe(5);
    first.close();
    expect(count(open().takeEvent, 9)).toBe(0);
  });

  it('allow few malformed messages, and fewer long ones', () => {
    const { open, clock } = setUp({ maxMalformedPerS: 2 });
    const budget = open();
    expect(count(() => budget.takeMalformed(100), 99)).toBe(10);
    clock.ms = 5_000;
    expect(count(() => budget.takeMalformed(4 * 16_384), 99)).toBe(2);
    clock.ms = 10_000;
    expect(count(() => budget.takeMalformed(1e9), 99)).toBe(1);
    expect(count(() => setUp({ maxMalformedPerS: 0 }).open().takeMalformed(1e9), 9)).toBe(9);
  });

  it('admit so many connections of an address, and another when one has gone', () => {
    const { budgets, open } = setUp({ maxConnectionsPerIp: 2 });
    const first = open();
    open();
    expect([budgets.open('here'), budgets.open('there') === null]).toEqual([null, false]);
    first.close();
    expect(budgets.open('here')).not.toBeNull();
  });
});
