import { describe, expect, test } from 'vitest';
import { type CleanUpRequest, cleanUp } from '../../../src/clean-up/clean-up.ts';
import { OwnKeys } from '../../../src/clean-up/own-keys.ts';
import { ThrowawayKeys } from '../../../src/corpus/keys.ts';
import type { NostrEvent } from '../../../src/nostr/event.ts';
import { type DeletingRelayScript, startDeletingRelay } from '../../support/deleting-relay.ts';

const KEYS = new ThrowawayKeys({ seed: 7, label: 'publish', count: 3 });

function note(n: number, pubkey = KEYS.publicKeys[n % 3] as string): NostrEvent {
  const id = n.toString(16).padStart(64, '0');
  return {
    id,
    pubkey,
    created_at: 1_700_000_000,
    kind: 1,
    tags: [['t', 'rb-1']],
    content: '',
    sig: '0'.repeat(128),
  };
}

const NOTES = Array.from({ length: 1_200 }, (_, n) => note(n));
const STRANGER = note(99_999, 'f'.repeat(64));

async function clean(script: Partial<DeletingRelayScript>, more: Partial<CleanUpRequest> = {}) {
  const relay = await startDeletingRelay({ stored: [...NOTES, STRANGER], ...script });
  const result = await cleanUp({
    urls: [relay.url],
    insecure: false,
    topics: ['rb-1'],
    ids: () => [],
    maxLimit: null,
    keys: new OwnKeys(7, [KEYS]),
    againAfterMs: [1, 2],
    rateLimitMs: 1,
    ...more,
  });
  return { relay, result };
}

describe('clean-up', () => {
  test('deletes all events of the run, a whole second of them too, and none of a stranger', async () => {
    const { relay, result } = await clean({});
    expect(result).toMatchObject({ found: 1_200, deleted: 1_200, refused: {}, problems: [] });
    const left = relay.events().filter(({ kind }) => kind !== 5);
    expect(left).toEqual([STRANGER]);
    expect(relay.events()).toHaveLength(1 + result.requests);
  });

  test('finds events by their ids', async () => {
    const { relay, result } = await clean(
      {},
      { topics: [], ids: () => [NOTES.slice(0, 150).map(({ id }) => id)] },
    );
    expect(result).toMatchObject({ found: 150, deleted: 150 });
    expect(relay.events().filter(({ kind }) => kind === 1)).toHaveLength(1_051);
  });

  test('says that they are still there at a relay that takes requests and deletes nothing', async () => {
    const { result } = await clean({ ignoresDeletions: true, stored: NOTES.slice(0, 30) });
    expect(result).toMatchObject({ found: 30, deleted: 0, requests: 3 });
  });

  test('counts nothing as deleted that a short answer only hides', async () => {
    const script = {
      ignoresDeletions: true,
      most: 7,
      stored: NOTES.slice(0, 30).map((each, n) => ({ ...each, created_at: n })),
    };
    const { result } = await clean(script);
    expect(result).toMatchObject({ found: 30, deleted: 0 });
  });

  test('waits where it meets a rate limit', async () => {
    let refused = 0;
    const refuse = (): string => (refused++ % 3 === 2 ? '' : 'rate-limited: slow down');
    const { result } = await clean({ stored: NOTES.slice(0, 30), refuse });
    expect(result).toMatchObject({ found: 30, deleted: 30, requests: 3, refused: {} });
  });

  test('counts refusals by their word', async () => {
    const { result } = await clean({
      stored: NOTES.slice(0, 30),
      refuse: () => 'blocked: no deletions here',
    });
    expect(result).toMatchObject({ found: 30, deleted: 0, requests: 0, refused: { blocked: 3 } });
  });

  test('cleans the other relays where one is gone', async () => {
    const relay = await startDeletingRelay({ stored: NOTES.slice(0, 30) });
    const { result } = await clean({ stored: [] }, { urls: ['ws://127.0.0.1:9', relay.url] });
    expect(result).toMatchObject({ found: 30, deleted: 30 });
    expect(result.problems).toEqual([expect.stringMatching(/^ws:\/\/127\.0\.0\.1:9\/?: no connection/)]);
  });
});
