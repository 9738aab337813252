import { randomBytes } from 'node:crypto';

const PONG = 0x8a;
const CLOSE_FRAME = 0x88;
const MASKED = 0x80;

/** A masked client close frame (RFC 6455 section 5.5.1). */
export function closeFrame(code: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return controlFrame(CLOSE_FRAME, payload);
}

/** The masked answer to a ping: the same payload (section 5.5.3). */
export function pongFrame(payload: Buffer): Buffer {
  return controlFrame(PONG, payload);
}

/** @param payload at most 125 bytes */
function controlFrame(first: number, payload: Buffer): Buffer {
  const mask = randomBytes(4);
  const frame = Buffer.allocUnsafe(6 + payload.length);
  frame[0] = first;
  frame[1] = MASKED | payload.length;
  mask.copy(frame, 2);
  for (let i = 0; i < payload.length; i++) frame[6 + i] = (payload[i] as number) ^ (mask[i & 3] as number);
  return frame;
}
