import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Inflater, noDeflateCounts } from '../../../../src/base/deflate-message.ts';
import { DeflatedEvents } from '../../../../src/relay/fanout/deflated-events.ts';

function someEvent(bytes = 500) {
  const json = JSON.stringify({ content: randomBytes(bytes / 2).toString('hex') });
  return { id: randomBytes(32).toString('hex'), json };
}

function deflatedOf(events: DeflatedEvents, event: ReturnType<typeof someEvent>): Uint8Array | null {
  return events.of(event, Buffer.byteLength(event.json));
}

describe('stored events that go out compressed', () => {
  it('are the JSON and the bracket that ends the message', () => {
    const event = someEvent();
    const deflated = deflatedOf(new DeflatedEvents(), event) ?? Buffer.alloc(0);
    const inflater = new Inflater({ maxBytes: 1e6, takenOverBytes: 0, counts: noDeflateCounts() });
    expect(inflater.inflate(deflated).toString()).toBe(`${event.json}]`);
  });

  it('are compressed once', () => {
    const [events, event] = [new DeflatedEvents(), someEvent()];
    deflatedOf(events, event);
    expect(deflatedOf(events, event)).toBe(deflatedOf(events, event));
  });

  it('are never those of another text under the same id', () => {
    const [events, first] = [new DeflatedEvents(), someEvent()];
    const second = { ...someEvent(), id: first.id };
    const inflater = new Inflater({ maxBytes: 1e6, takenOverBytes: 0, counts: noDeflateCounts() });
    for (const event of [first, second, first, first]) {
      expect(inflater.inflate(deflatedOf(events, event) ?? Buffer.alloc(0)).toString()).toBe(
        `${event.json}]`,
      );
    }
    const { bytes } = events;
    deflatedOf(events, second);
    expect(Math.abs(events.bytes - bytes)).toBeLessThan(20);
  });

  it('count the texts that they are held against', () => {
    const [events, event] = [new DeflatedEvents(), someEvent(2_000)];
    const deflated = deflatedOf(events, event) ?? Buffer.alloc(0);
    expect(events.bytes).toBeGreaterThan(event.json.length + deflated.length);
  });

  it('take no more memory than their limit, and the first goes first', () => {
    const events = new DeflatedEvents(10_000);
    const [first, ...others] = Array.from({ length: 100 }, () => someEvent());
    const last = others.at(-1);
    if (first === undefined || last === undefined) throw new Error('there are events');
    const before = deflatedOf(events, first);
    for (const event of others) deflatedOf(events, event);
    expect(events.bytes).toBeLessThanOrEqual(10_000);
    expect(events.bytes).toBeGreaterThan(8_000);
    expect(deflatedOf(events, last)).toBe(deflatedOf(events, last));
    expect(deflatedOf(events, first)).not.toBe(before);
  });

  it('are not kept where they go out as they are', () => {
    const events = new DeflatedEvents();
    expect([deflatedOf(events, someEvent(10)), deflatedOf(events, someEvent(100_000))]).toEqual([null, null]);
    expect(events.bytes).toBe(0);
  });
});
