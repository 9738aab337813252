import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { NegentropyItems } from '../../../src/nostr/negentropy/items.ts';
import { answerNegentropy } from '../../../src/nostr/nip77.ts';

const idOf = (byte: number): string => byte.toString(16).padStart(2, '0').repeat(32);
const itemsOf = (...bytes: number[]): NegentropyItems =>
  NegentropyItems.of([...bytes].sort((a, b) => b - a).map((byte) => ({ created_at: byte, id: idOf(byte) })));
const answer = (items: NegentropyItems, hex: string): string =>
  answerNegentropy(items, Buffer.from(hex, 'hex'), 4_096).toString('hex');

describe('an answer of Negentropy version 1 (NIP-77)', () => {
  it('is the version alone where another one is spoken', () => {
    expect(answer(itemsOf(1), '62ffff')).toBe('61');
  });

  it.each([
    ['5f', false],
    ['60', true],
    ['6f', true],
    ['70', false],
  ])('is the version alone to version byte %s: %s', (byte, isVersion) => {
    if (isVersion) expect(answer(itemsOf(1), byte)).toBe('61');
    else expect(() => answer(itemsOf(1), byte)).toThrow('no version byte');
  });

  it('lists up to 31 ids of a range that differs, and parts 32 into fingerprints', () => {
    const range = (count: number): NegentropyItems =>
      itemsOf(...Array.from({ length: count }, (_, at) => at + 1));
    const differs = `61000001${'00'.repeat(16)}`;
    expect(answer(range(31), differs)).toMatch(/^610000021f(?:[0-9a-f]{64}){31}$/);
    // Sixteen buckets of two: a bound of one or two bytes of time and no id, the mode, a fingerprint.
    expect(answer(range(32), differs)).toMatch(/^61(?:[0-9a-f]{2}0001[0-9a-f]{32}){16}$/);
  });

  it('is the version alone where nothing differs', () => {
    const sum = createHash('sha256')
      .update(Buffer.concat([Buffer.alloc(32), Buffer.from([0])]))
      .digest('hex');
    expect(answer(itemsOf(), `61000001${sum.slice(0, 32)}`)).toBe('61');
  });

  it('lists ids where the other side lists its own', () => {
    expect(answer(itemsOf(1, 2), '6100000200')).toBe(`6100000202${idOf(1)}${idOf(2)}`);
  });

  it('adds ids as little-endian numbers with carries, and drops what exceeds 256 bits', () => {
    const sum = Buffer.alloc(32, 0xff);
    sum[0] = 0xfe;
    const expected = createHash('sha256')
      .update(sum)
      .update(Buffer.from([2]))
      .digest()
      .subarray(0, 16);
    const items = NegentropyItems.of([255, 254].map((second) => ({ created_at: second, id: idOf(255) })));
    expect(Buffer.from(items.fingerprint(0, 2))).toEqual(expected);
  });

  it.each([
    ['nothing', ''],
    ['no version', '00'],
    ['half a bound', '6180'],
    ['an endless number', `61${'ff'.repeat(20)}`],
    ['a bound longer than an id', '610021'],
    ['an unknown mode', '61000007'],
    ['a list that is shorter than it says', '61000002ff7f00'],
  ])('is refused to %s', (_name, hex) => {
    expect(() => answer(itemsOf(1), hex)).toThrow();
  });
});
