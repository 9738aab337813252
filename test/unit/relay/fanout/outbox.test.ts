import { randomBytes } from 'node:crypto';
import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Inflater, noDeflateCounts } from '../../../../src/base/deflate-message.ts';
import { Backlogs } from '../../../../src/relay/fanout/backlogs.ts';
import { DeflatedEvents } from '../../../../src/relay/fanout/deflated-events.ts';
import { EncodedEvent } from '../../../../src/relay/fanout/encoded-event.ts';
import { FlushQueue } from '../../../../src/relay/fanout/flush-queue.ts';
import { Outbox } from '../../../../src/relay/fanout/outbox.ts';
import type { OutboxCompression } from '../../../../src/relay/fanout/outbox-options.ts';

/** A socket that keeps what is written and takes it only when it is told to. */
class FakeSocket extends Duplex {
  readonly writes: Buffer[] = [];
  #release: (() => void) | null = null;
  isStuck = false;

  constructor() {
    super({ writableHighWaterMark: 1_000 });
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.writes.push(chunk);
    if (this.isStuck) this.#release = done;
    else done();
  }

  override _read(): void {
    this.push(null);
  }

  /** The reader catches up. */
  release(): void {
    this.isStuck = false;
    this.#release?.();
  }
}

function storedOf(json: string) {
  return { id: 'the same', json };
}

function outboxOf(
  maxBacklogBytes = 1e9,
  backlogs = new Backlogs(1e9),
  compression: OutboxCompression | null = null,
) {
  const socket = new FakeSocket();
  const state = { isOpen: true, cuts: 0 };
  const outbox = new Outbox({
    socket,
    compression,
    isOpen: () => state.isOpen,
    flushQueue: new FlushQueue(),
    maxBacklogBytes,
    backlogs,
    onOverflow: () => state.cuts++,
  });
  return { socket, outbox, state };
}

/** Messages of unmasked text frames, and whether each was compressed. */
function messages(bytes: Buffer): [text: string, isDeflated: boolean][] {
  const inflater = new Inflater({ maxBytes: 1e6, takenOverBytes: 0, counts: noDeflateCounts() });
  const found: [string, boolean][] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const isDeflated = bytes[offset] === 0xc1;
    if (!isDeflated) expect(bytes[offset]).toBe(0x81);
    let length = bytes.readUInt8(offset + 1);
    offset += 2;
    if (length === 126) {
      length = bytes.readUInt16BE(offset);
      offset += 2;
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(offset));
      offset += 8;
    }
    const payload = bytes.subarray(offset, offset + length);
    found.push([(isDeflated ? inflater.inflate(payload) : payload).toString(), isDeflated]);
    offset += length;
  }
  return found;
}

/** The payloads of unmasked text frames, and a check that nothing else is there and nothing is compressed. */
function payloads(bytes: Buffer): string[] {
  const found = messages(bytes);
  expect(found.filter(([, isDeflated]) => isDeflated)).toEqual([]);
  return found.map(([text]) => text);
}

describe('an outbox', () => {
  it('writes the messages of one turn at once', async () => {
    const { socket, outbox } = outboxOf();
    outbox.sendText('one');
    outbox.sendEvent(Buffer.from('["EVENT","s",'), new EncodedEvent('{"a":1}'));
    outbox.sendText('drei é😀');
    expect(socket.writes).toEqual([]);
    await turn();
    expect(socket.writes.map(payloads)).toEqual([['one', '["EVENT","s",{"a":1}]', 'drei é😀']]);
  });

  it('begins anew in the next turn', async () => {
    const { socket, outbox } = outboxOf();
    outbox.sendText('one');
    await turn();
    outbox.sendText('two');
    await turn();
    expect(socket.writes.map(payloads)).toEqual([['one'], ['two']]);
  });

  it.each([0, 1, 125, 126, 65_535, 65_536, 200_000])('frames a message of %i bytes', async (length) => {
    const { socket, outbox } = outboxOf();
    const text = 'x'.repeat(length);
    outbox.sendText(text);
    outbox.sendText('after');
    await turn();
    expect(payloads(Buffer.concat(socket.writes))).toEqual([text, 'after']);
  });

  it('cuts the connection once the backlog is above its limit', async () => {
    const { socket, outbox, state } = outboxOf(1_000);
    socket.isStuck = true;
    outbox.sendText('x'.repeat(600));
    await turn();
    expect(state.cuts).toBe(0);
    outbox.sendText('x'.repeat(600));
    await turn();
    expect(state.cuts).toBe(1);
    expect(socket.destroyed).toBe(true);
    outbox.sendText('x'.repeat(600));
    await turn();
    expect([state.cuts, socket.writes.length]).toEqual([1, 1]);
  });

  it('does not collect more in one turn than a backlog may hold', () => {
    const { socket, outbox, state } = outboxOf(1_000);
    for (let i = 0; i < 10; i++) outbox.sendText('x'.repeat(300));
    expect(state.cuts).toBe(1);
    expect(socket.destroyed).toBe(true);
  });

  it('sends nothing after a close frame', async () => {
    const { socket, outbox, state } = outboxOf();
    outbox.sendText('late');
    state.isOpen = false;
    await turn();
    expect(socket.writes).toEqual([]);
  });

  it('lets a long answer go on while its reader keeps up', () => {
    const { outbox } = outboxOf();
    for (let i = 0; i < 50; i++) {
      outbox.sendText('x'.repeat(100_000));
      expect(outbox.pause()).toBeNull();
    }
  });

  it('lets a long answer wait until its reader has caught up', async () => {
    const { socket, outbox } = outboxOf();
    socket.isStuck = true;
    for (let i = 0; i < 20; i++) outbox.sendText('x'.repeat(100_000));
    const pause = outbox.pause();
    expect(pause).not.toBeNull();
    socket.release();
    await pause;
    expect(outbox.pause()).toBeNull();
    expect(socket.listenerCount('drain')).toBe(0);
  });

  it('does not wait for a reader that has gone', async () => {
    const { socket, outbox } = outboxOf();
    socket.isStuck = true;
    for (let i = 0; i < 20; i++) outbox.sendText('x'.repeat(100_000));
    const pause = outbox.pause();
    socket.destroy();
    await pause;
    expect(outbox.pause()).toBeNull();
  });

  it.each([
    ['short', 'x'.repeat(100)],
    ['long', 'x'.repeat(20_000)],
    ['long and not ASCII', 'é😀'.repeat(10_000)],
  ])('sends a stored event that is %s', async (_name, json) => {
    const { socket, outbox } = outboxOf();
    outbox.sendText('before');
    outbox.sendStored(Buffer.from('["EVENT","ä",'), storedOf(json));
    outbox.sendText('after');
    await turn();
    expect(payloads(Buffer.concat(socket.writes))).toEqual(['before', `["EVENT","ä",${json}]`, 'after']);
  });

  it('writes much that is collected in one turn in pieces', async () => {
    const { socket, outbox } = outboxOf();
    const texts = Array.from({ length: 100 }, (_, i) => `${i}`.padEnd(15_000, 'x'));
    for (const text of texts) outbox.sendText(text);
    await turn();
    expect(payloads(Buffer.concat(socket.writes))).toEqual(texts);
    const longest = Math.max(...socket.writes.map(({ buffer }) => buffer.byteLength));
    expect(longest).toBeLessThanOrEqual(256 * 1_024);
  });

  it('lets all answers of one reader go on together, listening once for all', async () => {
    const { socket, outbox } = outboxOf();
    socket.isStuck = true;
    for (let i = 0; i < 20; i++) outbox.sendText('x'.repeat(100_000));
    const pauses = Array.from({ length: 100 }, () => outbox.pause());
    expect([outbox.isFull, socket.listenerCount('drain')]).toEqual([true, 1]);
    socket.release();
    await Promise.all(pauses);
    expect([outbox.isFull, socket.listenerCount('drain')]).toEqual([false, 0]);
  });

  it('is never full for a reader that has gone', () => {
    const { socket, outbox } = outboxOf();
    socket.isStuck = true;
    for (let i = 0; i < 20; i++) outbox.sendText('x'.repeat(100_000));
    socket.destroy();
    expect([outbox.isFull, outbox.pause()]).toEqual([false, null]);
  });
});

describe('an outbox whose client takes compressed messages', () => {
  const deflating = () => {
    const counts = noDeflateCounts();
    return { counts, ...outboxOf(undefined, undefined, { counts, events: new DeflatedEvents() }) };
  };
  const PREFIX = Buffer.from('["EVENT","ä",');

  it.each([
    ['of one segment', 'a'.repeat(400)],
    ['not of ASCII', 'é😀 '.repeat(200)],
    ['that stays long', randomBytes(25_000).toString('hex')],
  ])('compresses an event %s, stored or live, for many or for one', async (_, content) => {
    const { counts, socket, outbox } = deflating();
    const event = new EncodedEvent(`{"content":"${content}"}`);
    outbox.sendText('before');
    outbox.sendEvent(PREFIX, event);
    outbox.sendEvent(Buffer.from('["EVENT","another",'), event);
    outbox.sendStored(PREFIX, storedOf(`{"content":"${content}"}`));
    outbox.sendText('after');
    await turn();
    const text = (id: string): string => `["EVENT","${id}",{"content":"${content}"}]`;
    expect(messages(Buffer.concat(socket.writes))).toEqual([
      ['before', false],
      [text('ä'), true],
      [text('another'), true],
      [text('ä'), true],
      ['after', false],
    ]);
    expect(counts.deflated).toBe(3);
    expect(counts.deflatedBefore_bytes).toBe(
      2 * Buffer.byteLength(text('ä')) + Buffer.byteLength(text('another')),
    );
    expect(counts.deflatedAfter_bytes).toBeLessThan(counts.deflatedBefore_bytes);
  });

  it('compresses an event once, whoever gets it', () => {
    const event = new EncodedEvent(`{"content":"${'a'.repeat(400)}"}`);
    expect(event.deflated).toBe(event.deflated);
    expect(event.plain).toBe(event.plain);
  });

  it('sends what takes long to compress as it is: a very long event, and each of very many', async () => {
    const { counts, socket, outbox } = deflating();
    const [long, many] = [`"${'a'.repeat(70_000)}"`, `"${'a'.repeat(400)}"`];
    outbox.sendEvent(PREFIX, new EncodedEvent(long));
    outbox.sendStored(PREFIX, storedOf(long));
    outbox.sendEvent(PREFIX, new EncodedEvent(many, false));
    await turn();
    const expected = [long, long, many].map((json) => [`["EVENT","ä",${json}]`, false]);
    expect(messages(Buffer.concat(socket.writes))).toEqual(expected);
    expect(counts.deflated).toBe(0);
  });

  it('sends events in shorter steps', () => {
    expect(deflating().outbox.stepLength).toBeLessThan(outboxOf().outbox.stepLength);
  });

  it('sends what would be no smaller as it is', async () => {
    const { counts, socket, outbox } = deflating();
    // Every character of it occurs as often as every other, and nothing repeats.
    const noise = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + ((i * 37) % 95)));
    const json = JSON.stringify(noise.filter((character) => !'"\\'.includes(character)).join(''));
    outbox.sendEvent(PREFIX, new EncodedEvent(json));
    outbox.sendStored(PREFIX, storedOf(json));
    await turn();
    const text = `["EVENT","ä",${json}]`;
    expect(messages(Buffer.concat(socket.writes))).toEqual([
      [text, false],
      [text, false],
    ]);
    expect(counts.deflated).toBe(0);
  });

  it('compresses a long answer of words, and no short one', async () => {
    const { socket, outbox } = deflating();
    outbox.sendText('x'.repeat(199));
    outbox.sendText('x'.repeat(200));
    await turn();
    expect(messages(Buffer.concat(socket.writes)).map(([, isDeflated]) => isDeflated)).toEqual([false, true]);
  });

  it('sends much of it in one turn in pieces', async () => {
    const { socket, outbox } = deflating();
    const texts = Array.from({ length: 100 }, () => randomBytes(8_000).toString('hex'));
    for (const text of texts) outbox.sendText(text);
    await turn();
    expect(messages(Buffer.concat(socket.writes))).toEqual(texts.map((text) => [text, true]));
  });
});
