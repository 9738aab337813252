import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Heap } from '../../../../src/relay/store/heap.ts';

const ascending = (a: number, b: number): number => a - b;

function drain(heap: Heap<number>): number[] {
  const items: number[] = [];
  for (let item = heap.pop(); item !== undefined; item = heap.pop()) items.push(item);
  return items;
}

describe('a heap', () => {
  it('gives items in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (numbers) => {
        const heap = new Heap(ascending);
        for (const number of numbers) heap.push(number);
        expect(heap.size).toBe(numbers.length);
        expect(drain(heap)).toEqual(numbers.toSorted(ascending));
      }),
    );
  });

  it('restores the order when the key of the first item has grown', () => {
    const compare = (a: { key: number }, b: { key: number }): number => a.key - b.key;
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), fc.nat(), (keys, growth) => {
        const heap = new Heap(compare);
        for (const key of keys) heap.push({ key });
        const top = heap.top();
        if (top !== undefined) top.key += growth;
        heap.topChanged();
        const lowest = Math.min(Math.min(...keys) + growth, ...keys.toSorted(ascending).slice(1));
        expect(heap.top()?.key).toBe(lowest);
      }),
    );
  });

  it('is empty without items', () => {
    const heap = new Heap(ascending);
    heap.topChanged();
    expect([heap.top(), heap.pop(), heap.size]).toEqual([undefined, undefined, 0]);
  });
});
