/** A client frame as a server decodes it (RFC 6455 section 5.2), written apart from the encoder. */
export interface DecodedFrame {
  readonly fin: boolean;
  readonly opcode: number;
  readonly masked: boolean;
  /** Bytes of the length field: 1, 3 or 9. */
  readonly lengthBytes: number;
  readonly payload: Buffer;
  /** Bytes of the whole frame. */
  readonly bytes: number;
}

/** Decodes the frame that starts at `offset`. */
export function decodeFrame(data: Buffer, offset = 0): DecodedFrame {
  const first = data.readUInt8(offset);
  const second = data.readUInt8(offset + 1);
  let length = second & 0x7f;
  let lengthBytes = 1;
  if (length === 126) {
    length = data.readUInt16BE(offset + 2);
    lengthBytes = 3;
  } else if (length === 127) {
    length = Number(data.readBigUInt64BE(offset + 2));
    lengthBytes = 9;
  }
  const keyAt = offset + 1 + lengthBytes;
  const start = keyAt + 4;
  const payload = Buffer.from(data.subarray(start, start + length));
  for (let i = 0; i < length; i++)
    payload.writeUInt8(payload.readUInt8(i) ^ data.readUInt8(keyAt + (i % 4)), i);
  return {
    fin: (first & 0x80) !== 0,
    opcode: first & 0x0f,
    masked: (second & 0x80) !== 0,
    lengthBytes,
    payload,
    bytes: start + length - offset,
  };
}
