import { describe, expect, it } from 'vitest';
import { FilterMemory, filterBytes } from '../../../../src/relay/limits/filter-memory.ts';

function holderOf(memory: FilterMemory, name: string, ended: string[]) {
  const subscriptions: number[] = [];
  const holder = {
    get filterBytes() {
      return subscriptions.reduce((sum, bytes) => sum + bytes, 0);
    },
    endLargest: (): number => {
      const largest = Math.max(0, ...subscriptions);
      if (largest === 0) return 0;
      subscriptions.splice(subscriptions.indexOf(largest), 1);
      ended.push(`${name} ${largest}`);
      memory.release(holder, largest);
      return largest;
    },
  };
  const take = (bytes: number): void => {
    subscriptions.push(bytes);
    memory.take(holder, bytes);
  };
  return { holder, take };
}

describe('the memory of filters', () => {
  it('grows with every value, and with the length of texts', () => {
    const few = filterBytes([{ kinds: [1] }]);
    expect(filterBytes([{ kinds: Array.from({ length: 5_000 }, (_, i) => i) }])).toBeGreaterThan(100 * few);
    expect(filterBytes([{ '#t': ['x'.repeat(10_000)] }])).toBeGreaterThan(10_000);
    expect(filterBytes([{}, {}])).toBe(2 * filterBytes([{}]));
  });

  it('is taken from who holds most, where all hold too much', () => {
    const memory = new FilterMemory(1_000);
    const ended: string[] = [];
    const [greedy, honest] = [holderOf(memory, 'greedy', ended), holderOf(memory, 'honest', ended)];
    for (const bytes of [300, 500, 100]) greedy.take(bytes);
    honest.take(200);
    expect([ended, honest.holder.filterBytes, memory.bytes]).toEqual([['greedy 500'], 200, 600]);
  });

  it('is refused to who alone wants too much', () => {
    const memory = new FilterMemory(1_000);
    const ended: string[] = [];
    const [greedy, honest] = [holderOf(memory, 'greedy', ended), holderOf(memory, 'honest', ended)];
    honest.take(200);
    greedy.take(2_000);
    expect([ended, memory.bytes]).toEqual([['greedy 2000'], 200]);
  });
});
