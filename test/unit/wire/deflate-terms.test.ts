import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { NS_PER_S } from '../../../src/base/clock.ts';
import { deflateMessage, Inflater, noDeflateCounts } from '../../../src/base/deflate-message.ts';
import { inflaterOptions } from '../../../src/wire/deflate-terms.ts';

const TERMS = { serverTakesOver: false, serverWindowBits: 15, clientWindowBits: 15 };
const MIB = 1024 * 1024;
const BOMB = deflateMessage(Buffer.alloc(MIB, ' '));
const TEXT = deflateMessage(Buffer.from(randomBytes(MIB / 2).toString('hex')));

/** How many of these messages are inflated one after the other. @param everyNs from one to the next */
function inflated(message: Uint8Array, everyNs: number, count = 200): number {
  let nowNs = 0;
  const inflater = new Inflater(inflaterOptions(TERMS, noDeflateCounts(), () => nowNs));
  for (let number = 0; number < count; number++) {
    const result = inflater.inflate(message);
    if (result === 'too-big') return number;
    expect(result.length).toBe(MIB);
    nowNs += everyNs;
  }
  return count;
}

describe('the messages of a server together', () => {
  it('are too much where they are bombs, each within its bound, of more than 64 MiB in a second', () => {
    expect(inflated(BOMB, NS_PER_S / 1_000)).toBe(64);
    expect(inflated(BOMB, NS_PER_S / 66)).toBe(64);
  });

  it('are not where they take longer', () => {
    expect(inflated(BOMB, NS_PER_S / 60)).toBe(200);
  });

  it('are not where they are text, however fast they come', () => {
    expect(inflated(TEXT, 0, 80)).toBe(80);
  });
});
