import { describe, expect, test } from 'vitest';
import { Patience } from '../../../src/audit/patience.ts';
import type { AskedRelay } from '../../../src/audit/relays.ts';
import { readVersions, type VersionsRead } from '../../../src/audit/versions.ts';
import { factsOf } from '../../../src/judge/history/event-facts.ts';
import type { NostrEvent } from '../../../src/nostr/event.ts';
import { replaceableAddress } from '../../../src/nostr/kinds.ts';
import { fakeRelay } from '../../support/fake-connection.ts';
import { madeUpEvent } from '../../support/histories.ts';

const ARTICLES = ['a', 'b:c'].map((d, n) => madeUpEvent(n, { kind: 30_023, tags: [['d', d]] }));

function versionsOf(
  events: readonly NostrEvent[],
  relay: AskedRelay,
  deadlineMs = Number.POSITIVE_INFINITY,
): Promise<VersionsRead> {
  const cases = events.map((event, number) => ({
    address: replaceableAddress(event) ?? '',
    newest: {
      ...{ facts: factsOf(event), number, connection: 0, relay: 0, sentMs: 0, endedMs: 1 },
      ...{ outcome: 'accepted' as const, reason: '' },
    },
  }));
  const patience = new Patience([0], 0);
  return readVersions(cases, { relays: [relay], patience, deadlineMs, clock: { nowMs: () => 0 } });
}

describe('reading the newest versions', () => {
  test('asks for all identifiers of an author and a kind at once', async () => {
    const asked: unknown[] = [];
    const query: AskedRelay['connection']['query'] = (filter) => {
      asked.push(filter['#d']);
      return Promise.resolve(ARTICLES);
    };
    const { I4, kept } = await versionsOf(ARTICLES, fakeRelay({ query }));
    expect(asked).toEqual([['a', 'b:c']]);
    expect(kept.map(({ facts }) => facts.id)).toEqual(ARTICLES.map(({ id }) => id));
    expect(I4).toMatchObject({ checked: 2, violated: 0, reason: null });
  });

  test('says where a relay has no version at all', async () => {
    const { I4, lost } = await versionsOf(ARTICLES.slice(0, 1), fakeRelay({}));
    expect(lost).toHaveLength(1);
    expect(I4.violations[0]?.timeline.at(-1)?.what).toBe('no version on ws://fake/');
  });

  test('stops when its time is over, and says so', async () => {
    const { I4 } = await versionsOf(ARTICLES, fakeRelay({}), 0);
    expect(I4).toMatchObject({
      ...{ checked: 0, violated: 0 },
      reason: 'time was up before all addresses were read',
    });
  });

  test('of no address says that there was none', async () => {
    const { I4 } = await versionsOf([], fakeRelay({}));
    expect(I4.reason).toBe('no replaceable event was acknowledged that nothing deletes');
  });
});
