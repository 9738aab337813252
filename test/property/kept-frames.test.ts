import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KeptFrames } from '../../src/workload/kept-frames.ts';

it('frames that are kept come back as they were, or not at all; the newest always', () => {
  const frame = fc.record({ entry: fc.nat(20), bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }) });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 200 }), (frames) => {
      const kept = new KeptFrames(100);
      const newest = new Map<number, Buffer>();
      for (const { entry, bytes } of frames) {
        const source = Buffer.concat([Buffer.from('before'), bytes, Buffer.from('behind')]);
        kept.keep(entry, source, 6, bytes.length);
        newest.set(entry, Buffer.from(bytes));
        expect(kept.frameOf(entry)).toEqual(Buffer.from(bytes));
        for (const [one, expected] of newest) {
          const found = kept.frameOf(one);
          if (found !== null) expect(found).toEqual(expected);
        }
      }
    }),
  );
});

it('what is larger than the ring, was forgotten or was never kept is not there', () => {
  const kept = new KeptFrames(10);
  kept.keep(3, Buffer.alloc(11), 0, 11);
  expect([kept.frameOf(3), kept.frameOf(99), kept.frameOf(-1)]).toEqual([null, null, null]);
  kept.keep(3, Buffer.from('abc'), 0, 3);
  expect(kept.frameOf(3)?.toString()).toBe('abc');
  kept.forget(3);
  expect(kept.frameOf(3)).toBeNull();
});
