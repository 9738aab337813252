import { describe, expect, it } from 'vitest';
import { FairQueue } from '../../../../src/relay/verify/fair-queue.ts';

const from = (address: string) => ({ address });

function takeAll(queue: FairQueue<string>): string[] {
  return queue.takeAll();
}

describe('a fair queue', () => {
  it('gives one of each sender in turn, those of a sender in their order', () => {
    const queue = new FairQueue<string>();
    const [a, b] = [from('x'), from('x')];
    for (let i = 0; i < 3; i++) queue.push(a, `a${i}`);
    for (let i = 0; i < 2; i++) queue.push(b, `b${i}`);
    expect(queue.size).toBe(5);
    expect(takeAll(queue)).toEqual(['a0', 'b0', 'a1', 'b1', 'a2']);
    expect(queue.size).toBe(0);
  });

  it('counts all senders of an address as one', () => {
    const queue = new FairQueue<string>();
    for (let i = 0; i < 3; i++) queue.push(from('many'), `many${i}`);
    queue.push(from('one'), 'one0');
    queue.push(from('one'), 'one1');
    expect(takeAll(queue).slice(0, 4)).toEqual(['many0', 'one0', 'many1', 'one1']);
  });

  it('delays one item of a sender by one of each other, however many those have sent', () => {
    const queue = new FairQueue<string>();
    const [flood, honest] = [from('x'), from('x')];
    for (let i = 0; i < 10_000; i++) queue.push(flood, 'flood');
    queue.push(honest, 'honest');
    expect([queue.shift(), queue.shift()]).toEqual(['flood', 'honest']);
  });

  it('makes room for who has less than its share at the cost of who has more', () => {
    const queue = new FairQueue<string>();
    const [flood, honest] = [from('x'), from('x')];
    for (let i = 0; i < 10; i++) queue.push(flood, `flood${i}`);
    expect(queue.makeRoom(flood)).toBeUndefined();
    expect(queue.makeRoom(honest)).toBe('flood9');
    queue.push(honest, 'honest');
    expect([queue.size, queue.shift(), queue.shift()]).toEqual([10, 'flood0', 'honest']);
  });

  it('makes room for another address at the cost of one with many senders', () => {
    const queue = new FairQueue<string>();
    for (let i = 0; i < 10; i++) queue.push(from('many'), `${i}`);
    expect(queue.makeRoom(from('one'))).toBeDefined();
    expect(queue.size).toBe(9);
  });

  it('counts a large item for several: who has sent it gives way', () => {
    const queue = new FairQueue<string>((item) => item.length);
    const [large, small] = [from('x'), from('x')];
    queue.push(large, 'x'.repeat(10));
    for (let i = 0; i < 4; i++) queue.push(small, 's');
    expect([queue.size, queue.items]).toEqual([14, 5]);
    expect(queue.makeRoom(large)).toBeUndefined();
    expect(queue.makeRoom(small)).toBe('x'.repeat(10));
    expect([queue.size, queue.items, queue.shift(), queue.size]).toEqual([4, 4, 's', 3]);
  });

  it('refuses who comes last where all have the same', () => {
    const queue = new FairQueue<string>();
    const senders = Array.from({ length: 4 }, () => from('x'));
    for (const sender of senders) queue.push(sender, 'item');
    expect(queue.makeRoom(senders[0] as ReturnType<typeof from>)).toBeUndefined();
    expect(queue.size).toBe(4);
  });
});
