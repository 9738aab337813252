import { describe, expect, test } from 'vitest';
import {
  encodeMaskedTextFrame,
  frameHeaderLength,
  maskedFrameLength,
  messageOfMaskedFrame,
  sealMaskedTextFrame,
} from '../../../src/base/websocket-frame.ts';
import { decodeFrame } from '../../support/masked-frame.ts';

describe('masked WebSocket frames', () => {
  test('match the example of RFC 6455 section 5.7', () => {
    const frame = encodeMaskedTextFrame('Hello', 0x37fa213d);
    expect(frame.toString('hex')).toBe('818537fa213d7f9f4d5158');
  });

  test.each([
    [0, 6],
    [125, 6],
    [126, 8],
    [65_535, 8],
    [65_536, 14],
  ])('give a payload of %i bytes a header of %i bytes', (payloadLength, header) => {
    expect(frameHeaderLength(payloadLength)).toBe(header);
    expect(maskedFrameLength(payloadLength)).toBe(header + payloadLength);
    const frame = decodeFrame(encodeMaskedTextFrame('x'.repeat(payloadLength), 0xdeadbeef));
    expect(frame).toMatchObject({ fin: true, opcode: 1, masked: true, lengthBytes: header - 5 });
    expect(frame.payload.toString()).toBe('x'.repeat(payloadLength));
  });

  test('count bytes, not characters', () => {
    const frame = encodeMaskedTextFrame('grüße ☀', 0x01020304);
    expect(frame.length).toBe(maskedFrameLength(Buffer.byteLength('grüße ☀')));
    expect(decodeFrame(frame).payload.toString()).toBe('grüße ☀');
  });

  test.each([0, 125, 126, 65_535, 65_536])('give back a message of %i bytes', (length) => {
    const text = 'é'.repeat(length >> 1);
    expect(messageOfMaskedFrame(encodeMaskedTextFrame(text, 0xdeadbeef))).toBe(text);
  });

  test('leave the bytes around them alone', () => {
    const target = Buffer.alloc(300, 0xaa);
    target.write('y'.repeat(200), 33 + frameHeaderLength(200));
    const bytes = sealMaskedTextFrame(target, 33, 200, 0x9abcdef0);
    expect(bytes).toBe(208);
    expect(target.subarray(0, 33).every((byte) => byte === 0xaa)).toBe(true);
    expect(target.subarray(33 + bytes).every((byte) => byte === 0xaa)).toBe(true);
  });
});
