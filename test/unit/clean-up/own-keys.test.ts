import { verifyEvent } from 'nostr-tools/pure';
import { expect, test } from 'vitest';
import { OwnKeys } from '../../../src/clean-up/own-keys.ts';
import { ThrowawayKeys } from '../../../src/corpus/keys.ts';

const NOTES = new ThrowawayKeys({ seed: 7, label: 'publish', count: 3 });
const PEOPLE = new ThrowawayKeys({ seed: 9, label: 'corpus', count: 2 });
const keys = new OwnKeys(7, [NOTES, PEOPLE]);

test('knows the keys of every set, and nobody else', () => {
  for (const pubkey of [...NOTES.publicKeys, ...PEOPLE.publicKeys]) expect(keys.has(pubkey)).toBe(true);
  expect(keys.has('0'.repeat(64))).toBe(false);
});

test('signs a deletion request as the author of the events', () => {
  const ids = ['1'.repeat(64), '2'.repeat(64)];
  for (const pubkey of [NOTES.publicKeys[2] as string, PEOPLE.publicKeys[1] as string]) {
    const event = keys.sign({ pubkey, ids, kinds: [1, 7] }, 1_700_000_000);
    expect(event).toMatchObject({ pubkey, kind: 5, created_at: 1_700_000_000, content: '' });
    expect(event.tags).toEqual([...ids.map((each) => ['e', each]), ['k', '1'], ['k', '7']]);
    expect(verifyEvent(structuredClone(event) as never)).toBe(true);
  }
});

test('signs for nobody else', () => {
  expect(() => keys.sign({ pubkey: '0'.repeat(64), ids: [], kinds: [] }, 1)).toThrow(RangeError);
});
