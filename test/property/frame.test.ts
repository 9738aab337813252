import fc from 'fast-check';
import { expect, test } from 'vitest';
import { frameHeaderLength, sealMaskedTextFrame } from '../../src/base/websocket-frame.ts';
import { decodeFrame } from '../support/masked-frame.ts';

test('any payload, key, position and memory alignment decodes to the payload', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 400 }),
      fc.nat(0xffffffff),
      fc.nat(40),
      fc.nat(7),
      (payload, mask, offset, alignment) => {
        const memory = new ArrayBuffer(1_024);
        const target = Buffer.from(memory, alignment, 1_000);
        target.set(payload, offset + frameHeaderLength(payload.length));
        const bytes = sealMaskedTextFrame(target, offset, payload.length, mask);
        const frame = decodeFrame(target, offset);
        expect(frame.bytes).toBe(bytes);
        expect(frame.payload.equals(payload)).toBe(true);
      },
    ),
  );
});
