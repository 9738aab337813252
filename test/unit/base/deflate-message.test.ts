import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  deflateMessage,
  Inflater,
  noDeflateCounts,
  STORED_HEADER_BYTES,
  writeStoredHeader,
} from '../../../src/base/deflate-message.ts';

const MAX = 1_000;

function inflaterOf(takenOverBytes = 0) {
  const counts = noDeflateCounts();
  return { counts, inflater: new Inflater({ maxBytes: MAX, takenOverBytes, counts }) };
}

function textOf(result: ReturnType<Inflater['inflate']>): string {
  return Buffer.isBuffer(result) ? result.toString() : `failed: ${result}`;
}

describe('an inflater', () => {
  it('gives back what was deflated, and counts both', () => {
    const { inflater, counts } = inflaterOf();
    const deflated = deflateMessage(Buffer.from('ab'.repeat(300)));
    expect(textOf(inflater.inflate(deflated))).toBe('ab'.repeat(300));
    expect(counts).toEqual({
      ...noDeflateCounts(),
      inflated: 1,
      inflatedBefore_bytes: deflated.length,
      inflatedAfter_bytes: 600,
    });
  });

  it('takes the example of RFC 7692, section 7.2.3.1', () => {
    expect(textOf(inflaterOf().inflater.inflate(Buffer.from('f248cdc9c90700', 'hex')))).toBe('Hello');
  });

  it('takes a message whose last block says that it is the last, section 7.2.3.4', () => {
    expect(textOf(inflaterOf().inflater.inflate(Buffer.from('f348cdc9c9070000', 'hex')))).toBe('Hello');
  });

  it('takes a message in blocks of which one is not compressed, section 7.2.3.3', () => {
    expect(textOf(inflaterOf().inflater.inflate(Buffer.from('000500faff48656c6c6f00', 'hex')))).toBe('Hello');
  });

  it.each(['', '00'])('takes the empty message %s', (hex) => {
    expect(textOf(inflaterOf().inflater.inflate(Buffer.from(hex, 'hex')))).toBe('');
  });

  it('refuses a bomb at its bound, whatever comes after it, and goes on', () => {
    const { inflater, counts } = inflaterOf();
    const bomb = deflateRawSync(Buffer.alloc(4 * 1024 * 1024), { finishFlush: constants.Z_SYNC_FLUSH });
    expect(inflater.inflate(bomb)).toBe('too-big');
    expect(inflater.inflate(deflateMessage(Buffer.alloc(MAX + 1)))).toBe('too-big');
    expect(counts.inflated).toBe(0);
    expect(textOf(inflater.inflate(deflateMessage(Buffer.alloc(MAX, 'a'))))).toBe('a'.repeat(MAX));
  });

  it('refuses what zlib does not write', () => {
    expect(inflaterOf().inflater.inflate(Buffer.from('ffffffff', 'hex'))).toBe('broken');
  });

  it('refuses a message that was cut off anywhere, rather than taking its beginning', () => {
    const whole = deflateMessage(Buffer.from('to be or not to be, that is the question'));
    const results = Array.from({ length: whole.length - 1 }, (_, at) =>
      inflaterOf().inflater.inflate(whole.subarray(0, at + 1)),
    );
    expect(new Set(results)).toEqual(new Set(['broken']));
  });

  it.each(['000500faff48656c6c6f', '000500faff4865', '000500fa'])(
    'refuses a message that was cut off in or behind a block that is not compressed: %s',
    (hex) => {
      expect(inflaterOf().inflater.inflate(Buffer.from(hex, 'hex'))).toBe('broken');
    },
  );

  it('refuses a message that refers to one before it where nothing is taken over', () => {
    const { inflater } = inflaterOf();
    inflater.inflate(Buffer.from('f248cdc9c90700', 'hex'));
    expect(inflater.inflate(Buffer.from('f200110000', 'hex'))).toBe('broken');
  });

  it('follows a message that refers to one before it where that is taken over, section 7.2.3.2', () => {
    const { inflater } = inflaterOf(32_768);
    inflater.inflate(Buffer.from('f248cdc9c90700', 'hex'));
    expect(textOf(inflater.inflate(Buffer.from('f200110000', 'hex')))).toBe('Hello');
  });

  it('holds no more than the window, however much comes, and nothing where nothing is taken over', () => {
    const [{ inflater }, without] = [inflaterOf(2_048), inflaterOf()];
    for (let i = 0; i < 50; i++) {
      const message = deflateMessage(Buffer.alloc(100 + i, String(i)));
      inflater.inflate(message);
      without.inflater.inflate(message);
    }
    expect(inflater.heldBytes).toBeLessThanOrEqual(2_048);
    expect(without.inflater.heldBytes).toBe(0);
  });
});

it('a compressed message gets a beginning that is not compressed', () => {
  const beginning = 'x'.repeat(300);
  const header = Buffer.alloc(STORED_HEADER_BYTES);
  writeStoredHeader(header, 0, beginning.length);
  const message = Buffer.concat([header, Buffer.from(beginning), deflateMessage(Buffer.from('the rest'))]);
  expect(textOf(inflaterOf().inflater.inflate(message))).toBe(`${beginning}the rest`);
});
