import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BusCodec } from '../../../../src/relay/fanout/bus-codec.ts';
import { type BusMessage, encodeMessage, parseMessage } from '../../../../src/relay/fanout/bus-message.ts';
import type { Verify } from '../../../../src/relay/fanout/claimed-event.ts';
import { Receiver } from '../../../../src/relay/fanout/receiver.ts';
import { toStoredEvent } from '../../../../src/relay/store/stored-event.ts';
import { Author } from '../../../conformance/author.ts';
import { eventually } from '../../../support/eventually.ts';
import { someStored } from '../../../support/stored-event.ts';

const KEY = 'a key of a stack, long enough to be one';
const BYE: BusMessage = { type: 'bye', from: 'two' };

interface Ear {
  readonly receiver: Receiver;
  readonly heard: BusMessage[];
  readonly logged: string[];
  missed: number;
}

function ear(key: string | null, verify: Verify = () => 'valid'): Ear {
  const heard: BusMessage[] = [];
  const logged: string[] = [];
  const told: Ear = {
    heard,
    logged,
    missed: 0,
    receiver: new Receiver({
      codec: new BusCodec(key),
      verify,
      onMessage: (message) => void heard.push(message),
      onMissed: () => void told.missed++,
      log: (text) => void logged.push(text),
    }),
  };
  return told;
}

function signed(): BusMessage & { readonly type: 'event' } {
  const event = new Author().sign({ content: 'hello' });
  return { type: 'event', from: 'two', lsn: 7, event: toStoredEvent(event, JSON.stringify(event)) };
}

/** Texts of all kinds, and messages in which something is changed. */
const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc.json().map((text) => `${text}\n${text}`),
  fc
    .record(
      {
        type: fc.oneof(fc.constantFrom('event', 'gone', 'beat', 'gap', 'bye'), fc.anything()),
        from: fc.oneof(fc.constantFrom('one', 'two'), fc.anything()),
        lsn: fc.oneof(fc.maxSafeNat(), fc.anything()),
        beat: fc.anything(),
        since: fc.oneof(fc.constantFrom('1', '99999999999999999999', "1'; drop table event"), fc.anything()),
        removed: fc.anything(),
        row: fc.anything(),
      },
      { requiredKeys: [] },
    )
    .map((fields) => {
      try {
        return `${JSON.stringify(fields)}\n{"id":1}`;
      } catch {
        return 'null';
      }
    }),
);

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function messageIn(text: string): BusMessage | null {
  try {
    return parseMessage(text);
  } catch {
    return null;
  }
}

describe('what comes over the channel', () => {
  it('is believed with the key of the stack', () => {
    const { receiver, heard } = ear(KEY);
    const message = signed();
    receiver.hear(new BusCodec(KEY).encode(message));
    receiver.hear(new BusCodec(KEY).encode(BYE));
    expect(heard).toMatchObject([{ type: 'event', lsn: 7, event: { id: message.event.id } }, BYE]);
  });

  it('is refused without it, with another one, and where a character was changed', () => {
    const { receiver, heard } = ear(KEY);
    const text = new BusCodec(KEY).encode(BYE);
    const changed = text.replace('two', 'one');
    for (const forged of [encodeMessage(BYE), new BusCodec(`${KEY}!`).encode(BYE), changed]) {
      receiver.hear(forged);
    }
    expect(heard).toEqual([]);
    expect(receiver.refused).toBe(3);
  });

  it.each([null, KEY])('ends nothing, whatever text it is (key: %s)', (key) => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { receiver } = ear(key);
        receiver.hear(text);
        receiver.hear(key === null ? text : new BusCodec(key).encode({ ...BYE, from: text }));
      }),
      { numRuns: 500 },
    );
  });

  it('passes on numbers and names within their bounds alone', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const message = messageIn(text);
        if (message === null) return;
        expect(message.from.length).toBeLessThanOrEqual(200);
        if ('lsn' in message) expect(message.lsn).toSatisfy(isCount);
        if (message.type === 'gap') expect(message.since).toMatch(/^\d{1,19}$/);
        if (message.type === 'gone') expect(message.removed).toBeInstanceOf(Array);
      }),
      { numRuns: 1_000 },
    );
  });

  it('does not fill the log', () => {
    const { receiver, logged } = ear(KEY);
    for (let n = 0; n < 1_000; n++) receiver.hear('x');
    expect(logged).toHaveLength(1);
    expect(receiver.refused).toBe(1_000);
  });
});

describe('without a key', () => {
  it('an event is verified, and passed on in its place', async () => {
    const { receiver, heard } = ear(null, () => Promise.resolve('valid'));
    const message = signed();
    receiver.hear(encodeMessage(message));
    receiver.hear(encodeMessage(BYE));
    await eventually('both', () => heard.length === 2);
    expect(heard).toMatchObject([{ type: 'event', event: { id: message.event.id } }, BYE]);
  });

  it('an event is what its text says, not what is claimed of it', async () => {
    const { receiver, heard } = ear(null);
    const { event, ...message } = signed();
    receiver.hear(encodeMessage({ ...message, event: { ...event, kind: 5, pubkey: 'f'.repeat(64) } }));
    await eventually('it', () => heard.length === 1);
    expect(heard).toMatchObject([{ event: { kind: event.kind, pubkey: event.pubkey } }]);
  });

  it('a forged event is refused: no signature, a wrong id, no event at all', async () => {
    const { receiver, heard } = ear(null, (event) => (/^0+$/.test(event.sig) ? 'invalid' : 'valid'));
    const { event, ...message } = signed();
    const texts = [
      event.json.replace(/"sig":"\w+"/, `"sig":"${'0'.repeat(128)}"`),
      event.json.replace('hello', 'HELLO'),
      someStored().json.slice(0, 20),
      '',
    ];
    for (const json of texts) receiver.hear(encodeMessage({ ...message, event: { ...event, json } }));
    await eventually('all refused', () => receiver.refused === texts.length);
    expect(heard).toEqual([]);
  });

  it('what there is no time to verify counts as missed', async () => {
    const told = ear(null, () => 'overloaded');
    told.receiver.hear(encodeMessage(signed()));
    await eventually('missed', () => told.missed === 1);
    expect(told.heard).toEqual([]);
  });

  it('messages that wait are bounded', () => {
    const told = ear(null, () => new Promise(() => undefined));
    const text = encodeMessage(signed());
    for (let n = 0; n < 1_500; n++) told.receiver.hear(text);
    expect(told.missed).toBe(500);
  });
});
