import { describe, expect, it } from 'vitest';
import type { NostrEvent } from '../../../../src/nostr/event.ts';
import type { WrittenAddress } from '../../../../src/workload/survivors/addresses.ts';
import { readBack } from '../../../../src/workload/survivors/read-back.ts';
import type { ReadBack } from '../../../../src/workload/survivors/reader.ts';

const AUTHOR = 'a'.repeat(64);
const version = (created_at: number, id: string): NostrEvent => ({
  ...{ id, pubkey: AUTHOR, created_at, kind: 10_002, tags: [], content: '', sig: '' },
});
const NEWEST = version(2, 'a');
const OLD = version(1, 'c');

function address(newest: NostrEvent | null, ...uncertain: string[]): WrittenAddress {
  return { kind: 10_002, pubkey: AUTHOR, d: '', newest, uncertain: new Set(uncertain) };
}

/** Relays that give the answers of a script, each its own, one after the other and then the last one again. */
function relays(...scripts: ReadBack[][]) {
  const asked = scripts.map(() => 0);
  return {
    asked,
    places: scripts.map((_, connection) => ({ connection })),
    reader: {
      ask: async (connection: number): Promise<ReadBack> => {
        const script = scripts[connection] ?? [];
        const at = asked[connection] ?? 0;
        asked[connection] = at + 1;
        return script[Math.min(at, script.length - 1)] ?? { problem: 'no script' };
      },
    },
  };
}

const answer = (...events: NostrEvent[]): ReadBack => ({ events });

describe('readBack', () => {
  it('asks every relay process once where each has the newest version', async () => {
    const { reader, places, asked } = relays([answer(NEWEST)], [answer(NEWEST)]);
    const found = await readBack(reader, [address(NEWEST)], places, [0, 0]);
    expect(found.map(({ outcome, connection }) => [connection, outcome])).toEqual([
      [0, 'right'],
      [1, 'right'],
    ]);
    expect(asked).toEqual([1, 1]);
  });

  it('asks again where a relay process is behind, and takes its last word', async () => {
    const { reader, places } = relays([answer(NEWEST)], [answer(OLD), answer(OLD), answer(NEWEST)]);
    const found = await readBack(reader, [address(NEWEST)], places, [0, 0]);
    expect(found.map(({ outcome }) => outcome)).toEqual(['right', 'right']);
  });

  it('accuses one that never catches up, and no other', async () => {
    const { reader, places } = relays([answer(NEWEST)], [answer(OLD)]);
    const found = await readBack(reader, [address(NEWEST)], places, [0, 0]);
    expect(found.map(({ outcome }) => outcome)).toEqual(['right', 'stale']);
  });

  it('calls it diverged where two versions could be right and each relay process has another', async () => {
    const { reader, places } = relays([answer(NEWEST)], [answer(version(3, 'd'))]);
    const found = await readBack(reader, [address(NEWEST, 'd')], places, [0]);
    expect(found.map(({ outcome }) => outcome)).toEqual(['right', 'diverged']);
  });

  it('knows nothing of a relay that does not answer', async () => {
    const { reader, places } = relays([{ problem: 'timeout' }]);
    const found = await readBack(reader, [address(NEWEST)], places, [0]);
    expect(found.map(({ outcome }) => outcome)).toEqual(['unread']);
  });
});
