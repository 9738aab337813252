import { describe, expect, it } from 'vitest';
import { encodeMaskedTextFrame } from '../../../../src/base/websocket-frame.ts';
import { FrameStore } from '../../../../src/wire/frame-store.ts';
import { type EventOutcome, NO_ANSWER } from '../../../../src/workload/event-fate.ts';
import { Addresses } from '../../../../src/workload/survivors/addresses.ts';

const AUTHOR = 'a'.repeat(64);
const hex = (n: number): string => n.toString(16).padStart(2, '0').repeat(32);

/** What is known after events `[second, id, outcome, kind]` were sent in this order. */
function sent(
  ...events: [created_at: number, id: number, outcome: EventOutcome | 'unanswered', kind?: number][]
) {
  const addresses = new Addresses();
  const store = new FrameStore(1_000, 4);
  for (const [number, [created_at, id, outcome, kind = 10_002]] of events.entries()) {
    const tags = kind === 30_023 ? [['d', 'x']] : [];
    const event = { id: hex(id), pubkey: AUTHOR, created_at, kind, tags, content: '', sig: '0'.repeat(128) };
    const slot = store.take();
    const frame = encodeMaskedTextFrame(JSON.stringify(['EVENT', event]), 7);
    store.length[slot] = frame.copy(store.bytes, store.startOf(slot));
    store.number[slot] = number;
    addresses.onSent(store, slot);
    store.release(slot);
    if (outcome === 'unanswered') addresses.onEnded(number, 'failed', NO_ANSWER);
    else addresses.onEnded(number, outcome, outcome === 'failed' ? 'blocked' : '');
  }
  return addresses.all;
}

const OF_LIST = `10002:${AUTHOR}:`;

describe('Addresses', () => {
  it('knows the newest version that was taken, in the order of NIP-01', () => {
    const all = sent([5, 9, 'accepted'], [6, 8, 'accepted'], [6, 7, 'accepted'], [4, 1, 'accepted']);
    expect(all.get(OF_LIST)?.newest).toEqual({ created_at: 6, id: hex(7) });
  });

  it.each(['duplicate', 'superseded'] as const)(
    'takes a relay at its word that has something newer: %s',
    (outcome) => {
      expect(sent([5, 9, 'accepted'], [6, 8, outcome]).get(OF_LIST)?.newest?.created_at).toBe(6);
    },
  );

  it('knows of what was refused that it need not be there, and of what was never answered that it may', () => {
    const known = sent([5, 9, 'accepted'], [6, 8, 'failed'], [7, 7, 'unanswered']).get(OF_LIST);
    expect(known?.newest?.created_at).toBe(5);
    expect([...(known?.uncertain ?? [])]).toEqual([hex(7)]);
  });

  it('tells addresses apart by kind, author and d tag, and leaves out what nothing replaces', () => {
    const all = sent([5, 9, 'accepted'], [5, 8, 'accepted', 30_023], [5, 7, 'accepted', 1]);
    expect([...all.keys()]).toEqual([OF_LIST, `30023:${AUTHOR}:x`]);
    expect(all.get(`30023:${AUTHOR}:x`)).toMatchObject({ kind: 30_023, pubkey: AUTHOR, d: 'x' });
  });
});
