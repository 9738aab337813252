import { describe, expect, it } from 'vitest';
import {
  copyMessages,
  eventRows,
  fieldsOf,
  joinedInts,
} from '../../../../../src/relay/store/postgres/copy-rows.ts';
import { tagKey } from '../../../../../src/relay/store/postgres/keys.ts';
import { wordNumbers } from '../../../../../src/relay/store/postgres/words.ts';
import { someEvent, someStored, stored } from '../../../../support/stored-event.ts';

/** The numbers of an array in the binary format. */
function ints(field: Buffer | null | undefined): number[] {
  const length = field?.readInt32BE(12) ?? 0;
  return Array.from({ length }, (_, index) => field?.readInt32BE(24 + 8 * index) ?? 0);
}

describe('the rows of an event', () => {
  it('hold its key, its text and its words', () => {
    const event = someStored({ content: 'Ünter uns', created_at: 2 ** 33 + 1, kind: 1 });
    const [fields = []] = fieldsOf(eventRows(event).row);
    const [id, pubkey, createdAt, kind, expiresAt, json, words] = fields;
    expect([id, pubkey].map((key) => key?.toString('hex'))).toEqual([event.id, event.pubkey]);
    expect(Number(createdAt?.readBigInt64BE())).toBe(2 ** 33 + 1);
    expect(kind?.readInt32BE()).toBe(1);
    expect(expiresAt).toBeNull();
    expect(json?.toString()).toBe(event.json);
    expect(ints(words)).toEqual(wordNumbers(['ünter', 'uns']));
  });

  it('hold when it expires, and no words where it has none', () => {
    const event = someStored({ tags: [['expiration', '200']] });
    const [fields = []] = fieldsOf(eventRows(event).row);
    expect(Number(fields[4]?.readBigInt64BE())).toBe(200);
    expect(fields[6]).toBeNull();
  });

  it('are one for each tag that filters ask for', () => {
    const event = someStored({
      tags: [
        ['p', 'ab'.repeat(32)],
        ['t', 'nostr'],
        ['title', 'x'],
      ],
    });
    const rows = fieldsOf(eventRows(event).tags);
    expect(rows.map(([key]) => `\\x${key?.toString('hex')}`)).toEqual([
      tagKey('p', 'ab'.repeat(32)),
      tagKey('t', 'nostr'),
    ]);
    expect(rows.map(([, , , id]) => id?.toString('hex'))).toEqual([event.id, event.id]);
  });

  it('have nothing of an event before that could not be written', () => {
    const event = someStored();
    expect(() => eventRows({ ...event, json: null as unknown as string })).toThrow(TypeError);
    expect(fieldsOf(eventRows(event).row)).toHaveLength(1);
  });

  it('are as long as it takes', () => {
    const event = stored(someEvent({ content: '€'.repeat(100_000) }));
    const [fields = []] = fieldsOf(eventRows(event).row);
    expect(fields[5]?.toString()).toBe(event.json);
  });

  it('are sent between the header and the trailer of COPY, as data of a length, and with the end behind them', () => {
    const messages = copyMessages([Buffer.from('row')]).toString('latin1');
    expect(messages).toBe(`d\0\0\0\x1cPGCOPY\n\xff\r\n\0${'\0'.repeat(8)}row\xff\xffc\0\0\0\x04`);
  });
});

describe('arrays of numbers that are joined', () => {
  it('are one array with the place of each, and an empty place where one is missing', () => {
    const fields = ['a b', '', 'c'].map(
      (content) => fieldsOf(eventRows(someStored({ content })).row)[0]?.[6] ?? null,
    );
    const { joined, ranges } = joinedInts(fields);
    expect(ints(joined)).toEqual(wordNumbers(['a', 'b', 'c']));
    expect(ranges).toEqual([
      [1, 2],
      [3, 2],
      [3, 3],
    ]);
  });
});
