/**
 * One masked WebSocket frame inside a buffer (RFC 6455, 5.2): offsets only, nothing is copied. One object is
 * reused for all frames.
 */
export interface FrameView {
  data: Buffer;
  /** FIN set. */
  final: boolean;
  opcode: number;
  /** Offset of the four mask bytes. */
  mask: number;
  /** Offset of the first payload byte. */
  start: number;
  /** Offset behind the last payload byte: where the next frame starts. */
  end: number;
}

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** What {@link readFrame} found: a whole frame, the start of one, or bytes that no client may send. */
export type FrameState = 'whole' | 'partial' | 'broken';

/** A longer frame is refused; a load generator sends nothing near it. */
const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;
const MASK_BYTES = 4;

export function emptyFrame(): FrameView {
  return { data: Buffer.alloc(0), final: false, opcode: 0, mask: 0, start: 0, end: 0 };
}

/** Read the frame that starts at `at` into `frame`. Broken means unmasked or above 16 MiB. */
export function readFrame(data: Buffer, at: number, frame: FrameView): FrameState {
  const first = data[at];
  const second = data[at + 1];
  if (first === undefined || second === undefined) return 'partial';
  if ((second & 0x80) === 0) return 'broken';
  const short = second & 0x7f;
  const extended = short < 126 ? 0 : short === 126 ? 2 : 8;
  frame.mask = at + 2 + extended;
  frame.start = frame.mask + MASK_BYTES;
  if (frame.start > data.length) return 'partial';
  const length = extended === 0 ? short : readLength(data, at + 2, extended);
  if (length > MAX_PAYLOAD_BYTES) return 'broken';
  frame.data = data;
  frame.final = (first & 0x80) !== 0;
  frame.opcode = first & 0x0f;
  frame.end = frame.start + length;
  return frame.end > data.length ? 'partial' : 'whole';
}

function readLength(data: Buffer, at: number, bytes: number): number {
  if (bytes === 2) return data.readUInt16BE(at);
  return data.readUInt32BE(at) * 0x1_0000_0000 + data.readUInt32BE(at + 4);
}

/** One unmasked payload byte; meaningless behind the end. */
export function payloadByte(frame: FrameView, offset: number): number {
  return (frame.data[frame.start + offset] ?? 0) ^ (frame.data[frame.mask + (offset & 3)] ?? 0);
}

/** The whole payload, unmasked. */
export function payloadBytes(frame: FrameView): Buffer {
  const bytes = Buffer.allocUnsafe(frame.end - frame.start);
  for (let i = 0; i < bytes.length; i++) bytes[i] = payloadByte(frame, i);
  return bytes;
}

/** Digits of an event id in hexadecimal. */
export const ID_CHARS = 64;

/** Copy the id that stands at payload offset `from`, unmasked, to `target` at `to`. */
export function copyId(frame: FrameView, from: number, target: Buffer, to: number): void {
  const { data, mask } = frame;
  const source = frame.start + from;
  for (let i = 0; i < ID_CHARS; i++) {
    target[to + i] = (data[source + i] ?? 0) ^ (data[mask + ((from + i) & 3)] ?? 0);
  }
}

/** An unmasked server frame with a Latin-1 payload. */
export function textFrame(payload: string): Buffer {
  return serverFrame(OPCODE.text, Buffer.from(payload, 'latin1'));
}

/** An unmasked server frame of any opcode. */
export function serverFrame(opcode: number, payload: Buffer): Buffer {
  return Buffer.concat([serverHeader(opcode, payload.length), payload]);
}

function serverHeader(opcode: number, length: number): Buffer {
  if (length < 126) return Buffer.from([0x80 | opcode, length]);
  if (length <= 0xffff) return Buffer.from([0x80 | opcode, 126, length >> 8, length & 0xff]);
  const header = Buffer.from([0x80 | opcode, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(length, 6);
  return header;
}
