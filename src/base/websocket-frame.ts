import { deflateMessage, RSV1 } from './deflate-message.ts';

/**
 * Client-to-server WebSocket frames (RFC 6455 section 5.2): one unfragmented text message, masked.
 * Senders write the payload first, behind the room for its header, and seal it in place: nothing is copied.
 */

const FIN_TEXT = 0x81;
const MASKED = 0x80;
const SHORT_MAX = 125;
const MEDIUM_MAX = 0xffff;
const TWO_POW_32 = 0x1_0000_0000;
/** Below this a view for word-wise masking costs more than it saves. */
const WORDWISE_FROM = 64;

/** Bytes before the payload: 6, 8 or 14 (flags, length in its shortest form, masking key). */
export function frameHeaderLength(payloadLength: number): number {
  if (payloadLength <= SHORT_MAX) return 6;
  return payloadLength <= MEDIUM_MAX ? 8 : 14;
}

/** Bytes of the whole masked frame. */
export function maskedFrameLength(payloadLength: number): number {
  return frameHeaderLength(payloadLength) + payloadLength;
}

/**
 * Writes the header of a masked text frame at `offset`.
 * @param mask the masking key as an unsigned 32-bit integer, most significant byte first on the wire
 * @returns the position of the payload
 */
export function writeMaskedTextHeader(
  target: Uint8Array,
  offset: number,
  payloadLength: number,
  mask: number,
): number {
  target[offset] = FIN_TEXT;
  let at = offset + 2;
  if (payloadLength <= SHORT_MAX) {
    target[offset + 1] = MASKED | payloadLength;
  } else if (payloadLength <= MEDIUM_MAX) {
    target[offset + 1] = MASKED | 126;
    target[at++] = payloadLength >>> 8;
    target[at++] = payloadLength;
  } else {
    target[offset + 1] = MASKED | 127;
    at = writeUint32(target, at, Math.floor(payloadLength / TWO_POW_32));
    at = writeUint32(target, at, payloadLength >>> 0);
  }
  return writeUint32(target, at, mask);
}

function writeUint32(target: Uint8Array, at: number, value: number): number {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
  return at + 4;
}

/**
 * Completes a masked text frame whose payload (UTF-8) already stands at `offset + frameHeaderLength(…)`:
 * writes the header and masks the payload in place.
 * @returns bytes of the frame
 */
export function sealMaskedTextFrame(
  target: Buffer,
  offset: number,
  payloadLength: number,
  mask: number,
): number {
  const start = writeMaskedTextHeader(target, offset, payloadLength, mask);
  maskInPlace(target, start, start + payloadLength, mask);
  return start + payloadLength - offset;
}

/** The masked text frame of one message; for messages off the hot path. */
export function encodeMaskedTextFrame(text: string, mask: number): Buffer {
  const payloadLength = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(maskedFrameLength(payloadLength));
  frame.write(text, frameHeaderLength(payloadLength));
  sealMaskedTextFrame(frame, 0, payloadLength, mask);
  return frame;
}

/** The message in a complete masked text frame, as this module writes it; copies it. */
export function messageOfMaskedFrame(frame: Buffer): string {
  return payloadOfMaskedFrame(frame).toString('utf8');
}

function payloadOfMaskedFrame(frame: Buffer): Buffer {
  const payload = Buffer.from(frame.subarray(payloadAt(frame)));
  maskInPlace(payload, 0, payload.length, maskOf(frame));
  return payload;
}

function payloadAt(frame: Buffer): number {
  const short = (frame[1] as number) & ~MASKED;
  return short <= SHORT_MAX ? 6 : short === 126 ? 8 : 14;
}

function maskOf(frame: Buffer): number {
  return frame.readUInt32BE(payloadAt(frame) - 4);
}

/**
 * The same message compressed (RFC 7692), masked with the same key; null where it would be no smaller.
 * @param frame a complete masked text frame, as this module writes it
 */
export function deflateMaskedFrame(frame: Buffer): Buffer | null {
  const payload = deflateMessage(payloadOfMaskedFrame(frame));
  const length = maskedFrameLength(payload.length);
  if (length >= frame.length) return null;
  const deflated = Buffer.allocUnsafe(length);
  payload.copy(deflated, frameHeaderLength(payload.length));
  sealMaskedTextFrame(deflated, 0, payload.length, maskOf(frame));
  deflated[0] = FIN_TEXT | RSV1;
  return deflated;
}

function maskInPlace(target: Buffer, start: number, end: number, mask: number): void {
  if (end - start < WORDWISE_FROM) {
    maskBytes(target, start, end, mask);
    return;
  }
  const aligned = start + (-(target.byteOffset + start) & 3);
  maskBytes(target, start, aligned, mask);
  const key = rotate(mask, aligned - start);
  const words = new Uint32Array(target.buffer, target.byteOffset + aligned, (end - aligned) >>> 2);
  const keyWord = wordOf(key);
  for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) ^ keyWord;
  maskBytes(target, aligned + words.length * 4, end, key);
}

function maskBytes(target: Uint8Array, start: number, end: number, mask: number): void {
  for (let at = start, shift = 24; at < end; at++, shift = (shift - 8) & 31) {
    target[at] = (target[at] as number) ^ (mask >>> shift);
  }
}

/** The masking key as it continues after `bytes` payload bytes. */
function rotate(mask: number, bytes: number): number {
  const bits = (bytes & 3) * 8;
  return bits === 0 ? mask : (mask << bits) | (mask >>> (32 - bits));
}

const keyBytes = new Uint8Array(4);
const keyWords = new Uint32Array(keyBytes.buffer);

/** The masking key as a word of this machine's byte order. */
export function wordOf(mask: number): number {
  writeUint32(keyBytes, 0, mask);
  return keyWords[0] as number;
}
