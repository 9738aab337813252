import { describe, expect, test } from 'vitest';
import { decodeEntries, encodeEntry, HistoryCorrupt } from '../../../src/result/history/codec.ts';
import { entriesOf, madeUpEvent } from '../../support/histories.ts';

/** The bytes of a publish and of its end, with the byte at one place changed. */
function broken(type: 'sent' | 'ended', at: number, value: number): Buffer {
  const event = madeUpEvent(1, { tags: [['expiration', '1700000000']] });
  const entry = entriesOf([{ event }]).find((each) => each.type === type);
  if (entry === undefined) throw new Error(`no entry ${type}`);
  const bytes = encodeEntry(entry);
  bytes[at] = value;
  return bytes;
}

describe('a history of which a byte has changed', () => {
  test('is corrupt where an entry has an outcome that there is not', () => {
    const read = () => [...decodeEntries(broken('ended', 17, 9))];
    expect(read).toThrow(HistoryCorrupt);
    expect(read).toThrow('an entry of unknown outcome');
  });

  test('is corrupt where what is special of an event can’t be parsed', () => {
    const read = () => [...decodeEntries(broken('sent', 77, 0x21))];
    expect(read).toThrow(HistoryCorrupt);
    expect(read).toThrow('no JSON');
  });
});
