import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from '../../../src/distributed/codec.ts';

function there(message: unknown): unknown {
  return decodeMessage(encodeMessage(message));
}

test('what messages hold comes back as it was', () => {
  const message = {
    rows: [Float64Array.of(1.5, -2, 1e300), new Float64Array()],
    words: new Map([
      ['constructor', 1],
      ['$n', 2],
    ]),
    seen: new Set([1, 2]),
    entries: Uint8Array.of(0, 255),
    counts: Uint32Array.of(4_294_967_295),
    numbers: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
    none: null,
  };
  expect(there(message)).toEqual(message);
});

test('a buffer comes back as bytes', () => {
  expect(there({ bytes: Buffer.from('abc') })).toEqual({ bytes: Uint8Array.of(97, 98, 99) });
});

test('texts and keys that look like marks are nothing but that', () => {
  const message = { filter: { $n: 'Infinity', $m: [[1, 2]], '#t': ['$a'] }, text: '{"$s":[1]}' };
  expect(there(message)).toEqual(message);
});

test('any JSON comes back', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.stringify(there(value))).toBe(JSON.stringify(value));
    }),
  );
});

test('an array that no message holds is refused before it is sent', () => {
  expect(() => encodeMessage({ wide: BigInt64Array.of(1n) })).toThrow(TypeError);
});
