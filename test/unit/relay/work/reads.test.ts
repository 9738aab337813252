import { describe, expect, it } from 'vitest';
import { CANCELLED } from '../../../../src/relay/work/lane.ts';
import { Reads } from '../../../../src/relay/work/reads.ts';
import { Work } from '../../../../src/relay/work/work.ts';
import { settled, someLane } from '../../../support/relay-work.ts';

function setUp(atOnce = 4) {
  const reads = new Reads(atOnce);
  const lane = someLane();
  const reading = new Map<string, () => void>();
  const ask = (name: string) => {
    const work = new Work(lane);
    const read = (): Promise<void> => new Promise((resolve) => reading.set(name, resolve));
    return { work, outcome: reads.run(work, read).finally(() => reading.delete(name)) };
  };
  const names = (): string[] => [...reading.keys()];
  return { reads, ask, reading, names };
}

describe('the questions of one client', () => {
  it('are read four at a time, those that wait in their order', async () => {
    const { reads, ask, reading, names } = setUp();
    for (let i = 0; i < 6; i++) void ask(`${i}`);
    expect([names(), reads.waiting]).toEqual([['0', '1', '2', '3'], 2]);
    reading.get('2')?.();
    await settled();
    expect([names(), reads.waiting]).toEqual([['0', '1', '3', '4'], 1]);
  });

  it('are read as many at a time as is said', () => {
    const { ask, names } = setUp(6);
    for (let i = 0; i < 8; i++) void ask(`${i}`);
    expect(names()).toHaveLength(6);
  });

  it('do not wait any more once they are cancelled', async () => {
    const { reads, ask, reading, names } = setUp();
    for (let i = 0; i < 4; i++) void ask(`${i}`);
    const gone = ask('gone');
    void ask('next');
    gone.work.cancel();
    await expect(gone.outcome).rejects.toBe(CANCELLED);
    reading.get('0')?.();
    await settled();
    expect([names(), reads.waiting]).toEqual([['1', '2', '3', 'next'], 0]);
  });

  it('make room where reading fails', async () => {
    const { reads, names, ask } = setUp();
    const fail = (): Promise<never> => Promise.reject(new Error('broken'));
    const failing = Array.from({ length: 4 }, () => reads.run(new Work(someLane()), fail));
    for (const each of failing) await expect(each).rejects.toThrow('broken');
    for (let i = 0; i < 4; i++) void ask(`${i}`);
    expect(names()).toHaveLength(4);
  });
});

describe('work that is cancelled', () => {
  it('tells who listens once, and not who has stopped listening', () => {
    const work = new Work(someLane());
    const told: string[] = [];
    work.onCancel(() => told.push('one'));
    const forget = work.onCancel(() => told.push('two'));
    forget();
    work.cancel();
    work.cancel();
    expect([told, work.isCancelled]).toEqual([['one'], true]);
  });
});
