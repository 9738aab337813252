import { describe, expect, it } from 'vitest';
import { type BusMessage, encodeMessage, parseMessage } from '../../../../src/relay/fanout/bus-message.ts';
import { Horizons } from '../../../../src/relay/fanout/horizons.ts';
import { Peers } from '../../../../src/relay/fanout/peers.ts';
import { SeenIds } from '../../../../src/relay/fanout/seen-ids.ts';
import { someStored } from '../../../support/stored-event.ts';

describe('messages between relays', () => {
  it('carry an event with the text that is sent to clients', () => {
    const event = someStored({
      kind: 30_023,
      tags: [
        ['d', 'x'],
        ['expiration', '500'],
      ],
      content: 'a\nb',
    });
    const read = parseMessage(encodeMessage({ type: 'event', from: 'one', lsn: 7, event }));
    expect(read).toMatchObject({ type: 'event', from: 'one', lsn: 7 });
    const { id, pubkey, created_at, kind, tags, json, address, expiresAt } =
      read.type === 'event' ? read.event : someStored();
    expect({ id, pubkey, created_at, kind, tags, json, address, expiresAt }).toEqual(event);
  });

  it.each<BusMessage>([
    { type: 'gone', from: 'one', lsn: 7, removed: [{ id: 'ab'.repeat(32), address: null }] },
    { type: 'beat', from: 'one', beat: 3 },
    { type: 'gap', from: 'one', since: '815' },
    { type: 'bye', from: 'one' },
  ])('are read as they were written: $type', (message) => {
    expect(parseMessage(encodeMessage(message))).toEqual(message);
  });
});

describe('ids that were seen', () => {
  it('are remembered for two generations at most', () => {
    const seen = new SeenIds();
    expect(seen.add('a')).toBe(true);
    expect(seen.add('a')).toBe(false);
    seen.age();
    expect(seen.add('a')).toBe(false);
    seen.age();
    expect(seen.has('a')).toBe(false);
    expect(seen.add('a')).toBe(true);
  });
});

describe('horizons', () => {
  it('are those of the last time before, or the oldest', () => {
    const horizons = new Horizons();
    expect(horizons.before(100)).toBeNull();
    horizons.add(100, '7');
    horizons.add(200, '9');
    expect([50, 100, 150, 200, 999].map((atMs) => horizons.before(atMs))).toEqual(['7', '7', '7', '9', '9']);
  });
});

describe('peers', () => {
  it('are told once when they fall silent, and not when they say farewell', () => {
    const peers = new Peers(1_000);
    peers.hear('one', 0);
    peers.hear('two', 500);
    peers.hear('three', 0);
    peers.forget('three');
    expect(peers.takeSilent(1_000)).toEqual([]);
    expect(peers.takeSilent(1_001)).toEqual([0]);
    expect(peers.takeSilent(2_000)).toEqual([500]);
    expect(peers.takeSilent(9_000)).toEqual([]);
  });
});
