import fc from 'fast-check';
import { type Event, getEventHash, verifyEvent } from 'nostr-tools/pure';
import { verifySchnorr } from 'tiny-secp256k1';
import { expect, test, vi } from 'vitest';
import { createEventFrameWriter, type EventFrameSpec } from '../../src/corpus/event-frames.ts';
import { MarkerReader, markerTag, topicTag } from '../../src/corpus/marker.ts';
import { ORDER } from '../../src/corpus/secp256k1.ts';
import { SignatureScalars } from '../../src/corpus/signature-scalar.ts';
import { kindClass } from '../../src/nostr/kinds.ts';
import { decodeFrame } from '../support/masked-frame.ts';

// Each case makes keys and nonces of its own; a busy machine needs longer than the default.
vi.setConfig({ testTimeout: 120_000 });

const specs: fc.Arbitrary<EventFrameSpec> = fc.record({
  seed: fc.maxSafeNat(),
  authors: fc.integer({ min: 1, max: 60 }),
  kind: fc.nat(65_535),
  contentBytes: fc.nat(1_200),
  topics: fc.integer({ min: 1, max: 100_000 }),
  runTag: fc.nat(0xffffffff).map((tag) => tag.toString(16).padStart(8, '0')),
});
const numbers = fc.nat(9_999_999_999);
const offsets = fc.maxSafeNat();

function read(payload: Buffer): Event {
  return (JSON.parse(payload.toString()) as [string, Event])[1];
}

test('any event of any specification verifies with nostr-tools and carries its numbers', () => {
  fc.assert(
    fc.property(
      specs,
      numbers,
      offsets,
      fc.integer({ min: 1e9, max: 9_999_999_999 }),
      (spec, n, offset, now) => {
        const writer = createEventFrameWriter(spec);
        const target = Buffer.alloc(writer.maxFrameBytes);
        writer.write(target, 0, n, now, offset);
        const { payload } = decodeFrame(target);
        const event = read(payload);
        expect(verifyEvent(event)).toBe(true);
        expect(event).toMatchObject({ kind: spec.kind, created_at: now });
        expect(event.content).toHaveLength(spec.contentBytes);
        expect(event.tags).toEqual([
          ['t', topicTag(spec.runTag, n % spec.topics)],
          ['rb', markerTag(spec.runTag, n, offset)],
          ...(kindClass(spec.kind) === 'addressable' ? [['d', 'relay-bench']] : []),
        ]);
        const marker = new MarkerReader(spec.runTag);
        expect(marker.read(payload)).toBe(true);
        expect(marker).toMatchObject({ n, scheduledOffsetNs: offset });
      },
    ),
    { numRuns: 30 },
  );
});

test('the payload is the exact text that JSON.stringify gives', () => {
  fc.assert(
    fc.property(specs, numbers, (spec, n) => {
      const writer = createEventFrameWriter(spec);
      const target = Buffer.alloc(writer.maxFrameBytes);
      writer.write(target, 0, n, 1_700_000_000, 0);
      const text = decodeFrame(target).payload.toString();
      expect(JSON.stringify(JSON.parse(text))).toBe(text);
    }),
    { numRuns: 20 },
  );
});

test('thousands of events have unique ids, and every fourth, over all authors, a valid signature', () => {
  const spec = { seed: 11, authors: 500, kind: 1, contentBytes: 100, topics: 7, runTag: 'c0ffee00' };
  const writer = createEventFrameWriter(spec);
  const target = Buffer.alloc(writer.maxFrameBytes);
  const ids = new Set<string>();
  for (let n = 0; n < 4_000; n++) {
    writer.write(target, 0, n, 1_700_000_000, 0);
    const event = read(decodeFrame(target).payload);
    ids.add(event.id);
    if (n % 4 > 0) continue;
    expect(getEventHash(event)).toBe(event.id);
    const [id, key, signature] = [event.id, event.pubkey, event.sig].map((hex) => Buffer.from(hex, 'hex'));
    expect(verifySchnorr(id as Buffer, key as Buffer, signature as Buffer)).toBe(true);
  }
  expect(ids.size).toBe(4_000);
});

test('two runs never make the same event', () => {
  const spec = { seed: 1, authors: 1, kind: 1, contentBytes: 10, topics: 1 };
  const ids = ['00000001', '00000002'].map((runTag) => {
    const writer = createEventFrameWriter({ ...spec, runTag });
    writer.write(Buffer.alloc(writer.maxFrameBytes), 0, 0, 1_700_000_000, 0);
    return writer.idHex();
  });
  expect(ids[0]).not.toBe(ids[1]);
});

test('the scalar of a signature is what BigInt gives, for any short secret and nonce and any hash', () => {
  const short = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  const nearOrder = fc.bigInt({ min: 0n, max: 2n ** 70n }).map((delta) => ORDER - delta);
  const hash = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), nearOrder);
  fc.assert(
    fc.property(short, short, hash, (d, k, e) => {
      const scalars = new SignatureScalars([d], [k]);
      scalars.compute(0, 0, Buffer.from(e.toString(16).padStart(64, '0'), 'hex').toString('latin1'));
      expect(BigInt(`0x${Buffer.from(scalars.bytes).toString('hex')}`)).toBe((k + e * d) % ORDER);
    }),
    { numRuns: 2_000 },
  );
});
