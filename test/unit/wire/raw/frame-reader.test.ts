import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deflateMessage, Inflater, noDeflateCounts } from '../../../../src/base/deflate-message.ts';
import { FrameReader } from '../../../../src/wire/raw/frame-reader.ts';

const MAX = 70_000;

/** A server frame; `first` is the byte of FIN, reserved bits and opcode. */
function frame(first: number, payload: Buffer | string): Buffer {
  const body = Buffer.from(payload);
  if (body.length < 126) return Buffer.concat([Buffer.from([first, body.length]), body]);
  const header = Buffer.alloc(body.length < 65_536 ? 4 : 10);
  header[0] = first;
  if (header.length === 4) {
    header[1] = 126;
    header.writeUInt16BE(body.length, 2);
  } else {
    header[1] = 127;
    header.writeUInt32BE(body.length, 6);
  }
  return Buffer.concat([header, body]);
}

/** What a reader hands over when the bytes come in these pieces. */
function read(chunks: readonly Buffer[], isDeflated = false): unknown[] {
  const calls: unknown[] = [];
  const reader = new FrameReader(
    {
      onText: (message) => calls.push(['text', message.toString('latin1')]),
      onBinary: () => calls.push(['binary']),
      onPing: (payload) => calls.push(['ping', payload.toString()]),
      onClose: (code) => calls.push(['close', code]),
      onError: (code) => calls.push(['error', code]),
    },
    MAX,
  );
  const counts = noDeflateCounts();
  if (isDeflated) reader.inflateWith(new Inflater({ maxBytes: MAX, takenOverBytes: 0, counts }));
  for (const chunk of chunks) reader.read(chunk);
  return calls;
}

/** The same bytes in pieces of these sizes, taken in turn. */
function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] as number;
    chunks.push(Buffer.from(bytes.subarray(at, at + size)));
    at += size;
  }
  return chunks;
}

describe('FrameReader', () => {
  it('reads messages of every header form', () => {
    const texts = ['', 'a', 'x'.repeat(125), 'y'.repeat(126), 'z'.repeat(65_536)];
    expect(read([Buffer.concat(texts.map((text) => frame(0x81, text)))])).toEqual(
      texts.map((text) => ['text', text]),
    );
  });

  it('reads the same whatever the pieces that the network makes', () => {
    const payload = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.constantFrom('q'.repeat(126), 'r'.repeat(66_000)),
    );
    const part = fc.record({ first: fc.constantFrom(0x81, 0x82, 0x89, 0x8a), payload });
    const sizes = fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), sizes, (parts, pieces) => {
        const control = (first: number, text: string): string => (first >= 0x88 ? text.slice(0, 60) : text);
        const bytes = Buffer.concat(
          parts.map((each) => frame(each.first, control(each.first, each.payload))),
        );
        expect(read(cut(bytes, pieces))).toEqual(read([bytes]));
      }),
      { numRuns: 60 },
    );
  });

  it('reads frames that come byte by byte', () => {
    const bytes = Buffer.concat([
      frame(0x81, 'hello'),
      frame(0x81, ''),
      frame(0x81, 'w'.repeat(200)),
      frame(0x88, ''),
    ]);
    expect(read(cut(bytes, [1]))).toEqual([
      ['text', 'hello'],
      ['text', ''],
      ['text', 'w'.repeat(200)],
      ['close', 1005],
    ]);
  });

  it('puts the fragments of a message together, with a ping between them', () => {
    const bytes = Buffer.concat([frame(0x01, 'he'), frame(0x89, 'p'), frame(0x00, 'll'), frame(0x80, 'o')]);
    expect(read([bytes])).toEqual([
      ['ping', 'p'],
      ['text', 'hello'],
    ]);
  });

  it.each([
    ['a reserved bit', frame(0xc1, 'x')],
    ['a reserved opcode', frame(0x83, 'x')],
    ['a reserved control opcode', frame(0x8b, 'x')],
    ['a masked frame', Buffer.from([0x81, 0x81, 1, 2, 3, 4, 5])],
    ['a continuation of nothing', frame(0x80, 'x')],
    ['a new message inside a fragmented one', Buffer.concat([frame(0x01, 'a'), frame(0x81, 'b')])],
    ['a fragmented ping', frame(0x09, 'x')],
    ['a ping that is too long', frame(0x89, 'x'.repeat(126))],
  ])('ends with 1002 at %s', (_, bytes) => {
    expect(read([bytes, frame(0x81, 'never read')])).toEqual([['error', 1002]]);
  });

  const hello = deflateMessage(Buffer.from('hello'));

  it('inflates messages where that was negotiated, with a ping between their fragments, and takes others as they are', () => {
    const bytes = Buffer.concat([
      frame(0xc1, hello),
      frame(0x81, 'plain'),
      frame(0x41, hello.subarray(0, 3)),
      frame(0x89, 'p'),
      frame(0x80, hello.subarray(3)),
      frame(0xc2, hello),
      frame(0xc1, ''),
    ]);
    expect(read([bytes], true)).toEqual([
      ['text', 'hello'],
      ['text', 'plain'],
      ['ping', 'p'],
      ['text', 'hello'],
      ['binary'],
      ['text', ''],
    ]);
  });

  it.each([
    ['a compressed continuation', Buffer.concat([frame(0x41, hello), frame(0xc0, '')])],
    ['a compressed message inside a fragmented one', Buffer.concat([frame(0x01, 'a'), frame(0xc1, hello)])],
    ['a compressed ping', frame(0xc9, 'x')],
    ['another reserved bit', frame(0xa1, 'x')],
    ['another reserved bit beside it', frame(0xe1, hello)],
    ['a masked frame', Buffer.concat([Buffer.from([0xc1, 0x81, 1, 2, 3, 4]), Buffer.from([5])])],
  ])('ends with 1002 at %s, also where compression was negotiated', (_, bytes) => {
    expect(read([bytes, frame(0x81, 'never read')], true)).toEqual([['error', 1002]]);
  });

  it.each([
    ['1007 at what can not be inflated', Buffer.from([255, 255, 255, 255]), 1007],
    ['1007 at text that is not UTF-8 once it is inflated', deflateMessage(Buffer.from([0x5b, 0xff])), 1007],
    ['1009 at what is too large once it is inflated', deflateMessage(Buffer.alloc(MAX + 1, 'x')), 1009],
  ])('ends with %s', (_, payload, code) => {
    expect(read([frame(0xc1, payload), frame(0x81, 'never read')], true)).toEqual([['error', code]]);
  });

  it('ends with 1009 at a message that is too large, before its bytes are there', () => {
    const huge = Buffer.from([0x81, 127, 0, 0, 0x10, 0, 0, 0, 0, 0]);
    expect(read([huge])).toEqual([['error', 1009]]);
    expect(read(cut(huge, [1]))).toEqual([['error', 1009]]);
  });

  it('ends with 1009 when the fragments together are too large', () => {
    const fragments = [frame(0x01, 'x'.repeat(40_000)), frame(0x00, 'x'.repeat(40_000))];
    expect(read(fragments)).toEqual([['error', 1009]]);
  });

  it('ends with 1008 at a message in more fragments than 16,384, empty ones included', () => {
    const empty = (count: number): Buffer => Buffer.concat(Array(count).fill(frame(0x00, '')));
    expect(read([frame(0x01, 'a'), empty(16_382), frame(0x80, 'b')])).toEqual([['text', 'ab']]);
    expect(read([frame(0x01, 'a'), empty(16_384)])).toEqual([['error', 1008]]);
    // Each message by itself.
    const short = [frame(0x01, ''), empty(9_000), frame(0x80, 'x')];
    expect(read([...short, ...short])).toEqual([
      ['text', 'x'],
      ['text', 'x'],
    ]);
  });

  it('gives the close code of the peer', () => {
    expect(read([frame(0x88, Buffer.from([0x03, 0xf3, 0x78]))])).toEqual([['close', 1011]]);
  });

  it('never throws and never hangs, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), (chunks) => {
        read(chunks.map((chunk) => Buffer.from(chunk)));
      }),
    );
  });

  it('hands over text in every script and refuses what is not UTF-8, also across fragments (RFC 6455 8.1)', () => {
    const text = Buffer.from('["NOTICE","grüße, 世界 🌍"]');
    const half = text.length - 6;
    const bad = Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d]);
    expect(read([frame(0x81, text)])).toEqual([['text', text.toString('latin1')]]);
    // The cut lies within a character.
    const parts = [frame(0x01, text.subarray(0, half)), frame(0x80, text.subarray(half))];
    expect(read(parts)).toEqual([['text', text.toString('latin1')]]);
    expect(read([frame(0x81, bad), frame(0x81, text)])).toEqual([['error', 1007]]);
    expect(read([frame(0x01, text), frame(0x80, bad)])).toEqual([['error', 1007]]);
    expect(read([frame(0x82, bad)])).toEqual([['binary']]);
  });
});
