import { v2 as nip44Library } from 'nostr-tools/nip44';
import { describe, expect, test } from 'vitest';
import { Draws, USE } from '../../../../src/corpus/generate/draws.ts';
import { anyPassage, englishPassage, plainPassage } from '../../../../src/corpus/generate/passages.ts';
import { Tags } from '../../../../src/corpus/generate/tags.ts';
import { base64, hex, nip44, prose } from '../../../../src/corpus/generate/text.ts';

const LENGTHS = [1, 2, 20, 200, 5_000, 60_000];
const draws = (n: number): Draws => new Draws(1, n, USE.event);
const each = <T>(make: (draws: Draws) => T, count = 2_000): T[] =>
  Array.from({ length: count }, (_, n) => make(draws(n)));

describe('passages', () => {
  test.each(LENGTHS)('have about %i bytes', (bytes) => {
    for (const text of each((stream) => englishPassage(stream, bytes), 50)) {
      expect(text.length).toBeGreaterThanOrEqual(bytes);
      expect(text.length).toBeLessThan(bytes + 60);
    }
  });

  test('in any language are near the wanted length too', () => {
    const sizes = each((stream) => Buffer.byteLength(anyPassage(stream, 500)));
    expect(Math.min(...sizes)).toBeGreaterThan(350);
    expect(Math.max(...sizes)).toBeLessThan(700);
  });

  test('in one line have no line breaks', () => {
    expect(each((stream) => plainPassage(stream, 2_000), 100).join('')).not.toContain('\\');
  });

  test('in paragraphs have some', () => {
    expect(each((stream) => englishPassage(stream, 2_000), 10).join('')).toContain('\\n\\n');
  });

  test('are the inside of a JSON string', () => {
    for (const text of each((stream) => prose(stream, 300)))
      expect(() => JSON.parse(`"${text}"`)).not.toThrow();
  });
});

describe('prose', () => {
  const texts = each((stream) => prose(stream, 80), 10_000);

  test('is outside ASCII one time in ten', () => {
    const share = texts.filter((text) => Buffer.byteLength(text) !== text.length).length / texts.length;
    expect(share).toBeGreaterThan(0.08);
    expect(share).toBeLessThan(0.13);
  });

  test('holds no broken character', () => {
    expect(texts.some((text) => text.includes('\ufffd') || /\p{Surrogate}/u.test(text))).toBe(false);
  });
});

describe('random texts', () => {
  test.each([0, 1, 2, 3, 4, 31])('of %i bytes have that length', (bytes) => {
    expect(Buffer.from(base64(draws(1), bytes), 'base64').length).toBe(bytes);
    expect(hex(draws(1), bytes)).toHaveLength(2 * bytes);
  });

  test.each([1, 32, 33, 256, 257, 1_000, 40_000])(
    'of NIP-44 for %i bytes have the form and length of nostr-tools',
    (bytes) => {
      const key = new Uint8Array(32).fill(1);
      const real = nip44Library.encrypt('x'.repeat(bytes), key);
      const made = nip44(draws(1), bytes);
      expect(made).toHaveLength(real.length);
      expect(Buffer.from(made, 'base64')[0]).toBe(2);
    },
  );
});

describe('tags', () => {
  test('are written as JSON and counted', () => {
    const tags = new Tags().add('t', 'nostr').addAll('e', ['a', '', 'root']).addAll('-', []);
    expect(JSON.parse(tags.json)).toEqual([['t', 'nostr'], ['e', 'a', '', 'root'], ['-']]);
    expect(tags.count).toBe(3);
  });

  test('may be missing', () => {
    expect(new Tags().json).toBe('[]');
  });
});
