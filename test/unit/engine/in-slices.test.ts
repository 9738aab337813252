import { describe, expect, it } from 'vitest';
import { inSlices } from '../../../src/engine/worker/in-slices.ts';
import { mineAhead } from '../../../src/engine/worker/mine-ahead.ts';
import type { EventToStore } from '../../../src/workload/events-to-store.ts';

const TASK = { what: 'mining', total: 5, send: () => undefined };

function event(number: number): EventToStore {
  return { number, id: null, idHigh: number, idLow: 0, frame: Buffer.alloc(0), author: 0 };
}

describe('inSlices', () => {
  it('lets the event loop turn between two slices', async () => {
    const seen: string[] = [];
    let slices = 0;
    await inSlices(TASK, () => {
      slices++;
      setImmediate(() => seen.push(`turn after ${slices}`));
      return { done: 1, isOver: slices === 3 };
    });
    expect(seen).toEqual(['turn after 1', 'turn after 2']);
  });
});

describe('mineAhead', () => {
  it('hands out every event once, in order, and then ends', async () => {
    const left = [3, 1, 2].map(event);
    const source = {
      take: () => left.shift() ?? null,
      ended: () => undefined,
      isEnded: false,
      onReady: () => undefined,
    };
    const ahead = await mineAhead(source, TASK);
    expect(left).toEqual([]);
    expect(ahead.isEnded).toBe(false);
    expect([ahead.take(), ahead.take(), ahead.take(), ahead.take()].map((one) => one?.number)).toEqual([
      3,
      1,
      2,
      undefined,
    ]);
    expect(ahead.isEnded).toBe(true);
  });
});
