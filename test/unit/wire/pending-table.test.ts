import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NONE, PendingTable } from '../../../src/wire/pending-table.ts';

describe('PendingTable', () => {
  it('finds an operation by its whole 64-bit key only', () => {
    const table = new PendingTable(4);
    const slot = table.add(0xdeadbeef, 0x01020304, 7, 42);
    expect(table.find(0xdeadbeef, 0x01020304)).toBe(slot);
    expect(table.find(0xdeadbeef, 0x01020305)).toBe(NONE);
    expect(table.find(0xdeadbeee, 0x01020304)).toBe(NONE);
  });

  it('keeps connection, tag and times of an operation', () => {
    const table = new PendingTable(4);
    const slot = table.add(1, 2, 7, 42);
    table.setTimes(slot, 1_000.5, 2_000.25);
    expect([table.connectionOf(slot), table.tagOf(slot)]).toEqual([7, 42]);
    expect([table.scheduledNsOf(slot), table.startedNsOf(slot)]).toEqual([1_000.5, 2_000.25]);
  });

  it('expires only what was written before the deadline, oldest first', () => {
    const table = new PendingTable(2);
    for (let n = 0; n < 5; n++) table.setTimes(table.add(n, n, 0, n), 0, n * 10);
    const expired: number[] = [];
    table.expire(25, (slot) => expired.push(table.tagOf(slot)));
    expect(expired).toEqual([0, 1, 2]);
    expect(table.size).toBe(2);
  });

  it('gives up the operations of one connection and keeps the others', () => {
    const table = new PendingTable(2);
    for (let n = 0; n < 6; n++) table.add(n, n, n % 2, n);
    const removed: number[] = [];
    table.removeConnection(1, (slot) => removed.push(table.tagOf(slot)));
    expect(removed).toEqual([1, 3, 5]);
    expect([0, 2, 4].every((n) => table.find(n, n) !== NONE)).toBe(true);
  });

  it('behaves like a map in order of insertion, whatever is added, found and removed', () => {
    const operation = fc.record({ high: fc.nat(3), low: fc.nat(40), remove: fc.boolean() });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 300 }), (operations) => {
        const table = new PendingTable(2);
        const model = new Map<string, number>();
        for (const [n, each] of operations.entries()) step(table, model, { ...each, n });
        const order: number[] = [];
        table.expire(Number.POSITIVE_INFINITY, (slot) => order.push(table.tagOf(slot)));
        expect(order).toEqual([...model.values()]);
      }),
    );
  });
});

/** One operation on the table and on the map that says what must come out. */
function step(
  table: PendingTable,
  model: Map<string, number>,
  { high, low, remove, n }: { high: number; low: number; remove: boolean; n: number },
): void {
  const key = `${high}/${low}`;
  const slot = table.find(high, low);
  expect(slot === NONE ? undefined : table.tagOf(slot)).toBe(model.get(key));
  if (remove && slot !== NONE) {
    table.remove(slot);
    model.delete(key);
  } else if (slot === NONE) {
    table.setTimes(table.add(high, low, 0, n), 0, n);
    model.set(key, n);
  }
  expect(table.size).toBe(model.size);
}
