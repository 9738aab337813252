import { describe, expect, test } from 'vitest';
import { findOwn, type Query } from '../../../src/clean-up/find-own.ts';
import type { NostrEvent } from '../../../src/nostr/event.ts';

const OWN = 'a'.repeat(64);

function event(n: number, { pubkey = OWN, kind = 1, created_at = 100 } = {}): NostrEvent {
  const id = n.toString(16).padStart(64, '0');
  return { id, pubkey, created_at, kind, tags: [['t', 'topic']], content: '', sig: '' };
}

/** A relay that holds these, newest first. */
function relayOf(events: readonly NostrEvent[]): { query: Query; asked: number[] } {
  const asked: number[] = [];
  const query: Query = async ({ until = Number.MAX_SAFE_INTEGER, limit = 500, ids }) => {
    asked.push(limit);
    const found = events.filter(
      ({ id, created_at }) => created_at <= until && (ids === undefined || ids.includes(id)),
    );
    return found.sort((a, b) => b.created_at - a.created_at).slice(0, limit);
  };
  return { query, asked };
}

async function idsOf(query: Query, more: Partial<Parameters<typeof findOwn>[1]> = {}): Promise<string[]> {
  const found: string[] = [];
  const whereabouts = {
    topics: ['topic'],
    ids: [],
    maxLimit: null,
    isOwn: ({ pubkey }: NostrEvent) => pubkey === OWN,
  };
  for await (const page of findOwn(query, { ...whereabouts, ...more }))
    found.push(...page.map(({ id }) => id));
  return found;
}

describe('finding the events of a run', () => {
  test('goes through pages until nothing is left', async () => {
    const events = Array.from({ length: 25 }, (_, n) => event(n, { created_at: 1_000 - n }));
    const { query } = relayOf(events);
    expect(await idsOf(query, { maxLimit: 10 })).toEqual(events.map(({ id }) => id));
  });

  test('tells each event once where a second lies on the border of two pages', async () => {
    const events = Array.from({ length: 6 }, (_, n) => event(n, { created_at: 1_000 - Math.floor(n / 2) }));
    const { query } = relayOf(events);
    expect(await idsOf(query, { maxLimit: 3 })).toEqual(events.map(({ id }) => id));
  });

  test('leaves events of others and deletion requests alone', async () => {
    const { query } = relayOf([event(1), event(2, { pubkey: 'b'.repeat(64) }), event(3, { kind: 5 })]);
    expect(await idsOf(query)).toEqual([event(1).id]);
  });

  test('asks for ids in questions of a hundred, or of as many as the relay answers', async () => {
    const events = Array.from({ length: 150 }, (_, n) => event(n));
    const ids = [events.map(({ id }) => id)];
    const { query, asked } = relayOf(events);
    expect(await idsOf(query, { topics: [], ids })).toHaveLength(150);
    expect(asked).toEqual([100, 50]);
    const small = relayOf(events);
    expect(await idsOf(small.query, { topics: [], ids, maxLimit: 20 })).toHaveLength(150);
    expect(Math.max(...small.asked)).toBe(20);
  });

  test('comes to an end at a relay that ignores the time that is asked for', async () => {
    const query: Query = async () => [event(1, { created_at: 1_000 })];
    expect(await idsOf(query)).toEqual([event(1).id]);
  });
});
