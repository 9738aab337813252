import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeMaskedTextFrame } from '../../src/base/websocket-frame.ts';
import { FrameTap } from '../../src/trace/frame-tap.ts';

function tapOf(longest = 1_000_000) {
  const texts: string[] = [];
  let unread = 0;
  const tap = new FrameTap({
    onText: (text) => texts.push(text),
    onUnread: () => {
      unread++;
    },
    longest,
  });
  return { tap, texts, unread: () => unread };
}

/** A masked frame of any sort. */
function frame(opcode: number, payload: string, isLast = true): Buffer {
  const bytes = encodeMaskedTextFrame(payload, 0x01020304);
  bytes[0] = (isLast ? 0x80 : 0) | opcode;
  return bytes;
}

describe('the tap', () => {
  test('reads the same messages whatever pieces they come in, and changes no piece', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.string({ minLength: 120, maxLength: 140 }),
            fc.string({ minLength: 70_000, maxLength: 70_010 }),
          ),
          { maxLength: 5 },
        ),
        fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1 }),
        (messages, sizes) => {
          const all = Buffer.concat(messages.map((text, at) => encodeMaskedTextFrame(text, at * 0x1234567)));
          const before = Buffer.from(all);
          const { tap, texts } = tapOf();
          for (let at = 0, turn = 0; at < all.length; turn++) {
            const size = sizes[turn % sizes.length] ?? 1;
            tap.push(all.subarray(at, at + size));
            at += size;
          }
          expect(texts).toEqual(messages.map((text) => Buffer.from(text).toString('utf8')));
          expect(all.equals(before)).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('puts fragments together, and lets control frames between them pass', () => {
    const { tap, texts } = tapOf();
    tap.push(
      Buffer.concat([frame(1, 'one ', false), frame(9, 'ping'), frame(0, 'message'), frame(1, 'two')]),
    );
    expect(texts).toEqual(['one message', 'two']);
  });

  test('passes over what is too long or binary, in pieces too, and reads on behind it', () => {
    const { tap, texts, unread } = tapOf(100);
    const all = Buffer.concat([frame(1, 'x'.repeat(70_000)), frame(2, 'bytes'), frame(1, 'read')]);
    for (let at = 0; at < all.length; at += 1_000) tap.push(all.subarray(at, at + 1_000));
    expect({ texts, unread: unread() }).toEqual({ texts: ['read'], unread: 2 });
  });

  test('passes over a message whose fragments are too long together, once', () => {
    const { tap, texts, unread } = tapOf(100);
    tap.push(
      Buffer.concat([frame(1, 'x'.repeat(80), false), frame(0, 'y'.repeat(80), false), frame(0, 'z')]),
    );
    tap.push(frame(1, 'read'));
    expect({ texts, unread: unread() }).toEqual({ texts: ['read'], unread: 1 });
  });
});
