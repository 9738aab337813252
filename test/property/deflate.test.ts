import { constants, createDeflateRaw } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deflateMessage, Inflater, noDeflateCounts } from '../../src/base/deflate-message.ts';
import { deflateMaskedFrame, encodeMaskedTextFrame } from '../../src/base/websocket-frame.ts';
import { FrameReader } from '../../src/wire/raw/frame-reader.ts';
import { decodeFrame } from '../support/masked-frame.ts';

const MAX = 100_000;
const WINDOW = 32_768;

/** Texts that repeat and texts that do not, some larger than a window of the inflater's. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.tuple(fc.string({ maxLength: 40 }), fc.nat(900)).map(([part, times]) => part.repeat(times)),
  fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes).toString('hex')),
);

/** What a sender with one stream for all its messages writes: later ones refer to earlier ones. */
async function takingOver(messages: readonly string[]): Promise<Buffer[]> {
  const stream = createDeflateRaw();
  let chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const payloads: Buffer[] = [];
  for (const message of messages) {
    chunks = [];
    stream.write(message);
    await new Promise<void>((resolve) => stream.flush(constants.Z_SYNC_FLUSH, resolve));
    const payload = Buffer.concat(chunks);
    payloads.push(payload.subarray(0, Math.max(0, payload.length - 4)));
  }
  stream.close();
  return payloads;
}

function serverFrame(first: number, payload: Buffer): Buffer {
  const header =
    payload.length < 126
      ? Buffer.from([first, payload.length])
      : payload.length < 65_536
        ? Buffer.from([first, 126, payload.length >> 8, payload.length & 255])
        : Buffer.from([
            first,
            127,
            0,
            0,
            0,
            0,
            0,
            payload.length >> 16,
            (payload.length >> 8) & 255,
            payload.length & 255,
          ]);
  return Buffer.concat([header, payload]);
}

/** The frames of a compressed message: RSV1 on the first one alone. */
function framesOf(payload: Buffer, cuts: readonly number[]): Buffer {
  const ends = [...new Set(cuts.map((cut) => cut % (payload.length + 1)))].sort((a, b) => a - b);
  const parts = [...ends, payload.length].map((end, i) => payload.subarray(ends[i - 1] ?? 0, end));
  return Buffer.concat(
    parts.map((part, i) => {
      const fin = i === parts.length - 1 ? 0x80 : 0;
      return serverFrame(fin | (i === 0 ? 0x41 : 0x00), part);
    }),
  );
}

/** Messages that a reader hands over when the bytes come in pieces of these sizes. */
function read(bytes: Buffer, sizes: readonly number[], takenOverBytes: number): string[] {
  const messages: string[] = [];
  const fail = (what: string) => (): void => void messages.push(what);
  const reader = new FrameReader(
    {
      onText: (message) => messages.push(message.toString()),
      onBinary: fail('binary'),
      onPing: fail('ping'),
      onClose: fail('close'),
      onError: (code) => messages.push(`error ${code}`),
    },
    MAX,
  );
  reader.inflateWith(new Inflater({ maxBytes: MAX, takenOverBytes, counts: noDeflateCounts() }));
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] as number;
    reader.read(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
  }
  return messages;
}

const stream = {
  messages: fc.array(text, { minLength: 1, maxLength: 12 }),
  cuts: fc.array(fc.nat(5_000), { maxLength: 4 }),
  sizes: fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 5 }),
};

test('messages come as they were, compressed each on its own, however they are cut into frames and segments', () => {
  fc.assert(
    fc.property(stream.messages, stream.cuts, stream.sizes, (messages, cuts, sizes) => {
      const bytes = Buffer.concat(messages.map((each) => framesOf(deflateMessage(Buffer.from(each)), cuts)));
      expect(read(bytes, sizes, 0)).toEqual(messages);
    }),
  );
});

test('the same where the sender refers to its earlier messages', async () => {
  await fc.assert(
    fc.asyncProperty(stream.messages, stream.cuts, stream.sizes, async (messages, cuts, sizes) => {
      const payloads = await takingOver(messages);
      const bytes = Buffer.concat(payloads.map((payload) => framesOf(payload, cuts)));
      expect(read(bytes, sizes, WINDOW)).toEqual(messages);
    }),
  );
});

test('whatever comes compressed, a reader goes on or ends with a code of the protocol, and never hands over more than its bound', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), stream.cuts, (bytes, cuts) => {
      for (const message of read(framesOf(Buffer.from(bytes), cuts), [97], WINDOW)) {
        expect(message.length).toBeLessThanOrEqual(MAX);
        if (message.startsWith('error')) expect(message).toMatch(/^error 10(02|07|09)$/);
      }
    }),
  );
});

test('a client frame that is compressed holds the message, is smaller, and says that it is compressed', () => {
  fc.assert(
    fc.property(text, fc.nat(0xffffffff), (message, mask) => {
      const frame = encodeMaskedTextFrame(message, mask);
      const deflated = deflateMaskedFrame(frame);
      if (deflated === null) return;
      expect(deflated.length).toBeLessThan(frame.length);
      expect(deflated[0]).toBe(0xc1);
      const inflater = new Inflater({ maxBytes: MAX, takenOverBytes: 0, counts: noDeflateCounts() });
      deflated[0] = 0x81;
      expect(inflater.inflate(decodeFrame(deflated, 0).payload).toString()).toBe(message);
    }),
  );
});
