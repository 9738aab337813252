import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NOT_HEX, readHex32 } from '../../../src/base/hex.ts';

it('reads eight lower-case hex digits as an unsigned number', () => {
  fc.assert(
    fc.property(fc.nat(0xffffffff), (value) => {
      expect(readHex32(Buffer.from(`xx${value.toString(16).padStart(8, '0')}`), 2)).toBe(value);
    }),
  );
});

it('refuses upper case, other characters and text that is too short', () => {
  for (const text of ['ABCDEF01', 'abcdefg1', 'abcdef0', '', 'abc ef01']) {
    expect(readHex32(Buffer.from(text), 0), text).toBe(NOT_HEX);
  }
});
