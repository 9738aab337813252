import assert from 'node:assert/strict';
import type { NostrEvent } from '../../src/nostr/event.ts';
import { type Draft, nowSeconds } from './author.ts';
import type { Scene, Statement } from './statement.ts';

/** One version of an address in 40,320 random orders would pass by luck. */
const TIES = 8;

/** Publishes versions one after the other; refusals are part of what is tested. */
async function publishInOrder(scene: Scene, events: readonly NostrEvent[]): Promise<string[]> {
  const client = await scene.connect();
  for (const event of events) await client.publish(event);
  const [first] = events;
  return await client.ids({ authors: [first?.pubkey ?? ''], kinds: [first?.kind ?? 0] });
}

/** Of versions with the same second the lowest id survives, in whatever order they come. */
function ties(id: string, what: string, draft: Draft): Statement[] {
  const orders = {
    'lowest-first': (events: NostrEvent[]) => events,
    'lowest-last': (events: NostrEvent[]) => events.toReversed(),
  };
  return Object.entries(orders).map(([order, arrange]) => ({
    id: `nip01.ties.${id}.${order}`,
    statement: `of ${TIES} versions of ${what} with the same second the lowest id survives, ${order.replace('-', ' ')}`,
    level: 'must',
    run: async (scene) => {
      const versions = scene.author().signTies(TIES, draft);
      assert.deepEqual(await publishInOrder(scene, arrange([...versions])), [versions[0]?.id]);
    },
  }));
}

function replaces(id: string, what: string, draft: Draft): Statement[] {
  const versions = (scene: Scene): [older: NostrEvent, newer: NostrEvent] => {
    const author = scene.author();
    const now = nowSeconds();
    return [author.sign({ ...draft, created_at: now - 10 }), author.sign({ ...draft, created_at: now })];
  };
  return [
    {
      id: `nip01.replace.${id}.newer`,
      statement: `a newer version of ${what} replaces the older one`,
      level: 'must',
      run: async (scene) => {
        const [older, newer] = versions(scene);
        assert.deepEqual(await publishInOrder(scene, [older, newer]), [newer.id]);
      },
    },
    {
      id: `nip01.replace.${id}.older`,
      statement: `an older version of ${what} is refused with OK false and does not come back`,
      level: 'must',
      run: async (scene) => {
        const [older, newer] = versions(scene);
        const client = await scene.connect();
        await client.publishAll([newer]);
        assert.equal((await client.publish(older)).accepted, false);
        assert.deepEqual(await client.ids({ authors: [newer.pubkey] }), [newer.id]);
      },
    },
  ];
}

function regular(kind: number): Statement {
  return {
    id: `nip01.regular.${kind}`,
    statement: `all events of the regular kind ${kind} are kept`,
    level: 'must',
    run: async (scene) => {
      const author = scene.author();
      const now = nowSeconds();
      const events = [1, 2, 3].map((age) => author.sign({ kind, created_at: now - age }));
      const client = await scene.connect();
      await client.publishAll(events);
      assert.deepEqual(
        await client.ids({ authors: [author.pubkey] }),
        events.map(({ id }) => id),
      );
    },
  };
}

const withD = (d: string): Draft => ({ kind: 30_023, tags: [['d', d]] });

/** Classes of kinds: NIP-01, K1 to K6. */
export const kindStatements: readonly Statement[] = [
  ...[1, 7, 1_063, 9_999, 45, 445, 40_000].map(regular),
  ...replaces('kind0', 'kind 0', { kind: 0 }),
  ...replaces('kind3', 'kind 3', { kind: 3 }),
  ...replaces('kind10003', 'kind 10003', { kind: 10_003 }),
  ...replaces('kind30000', 'kind 30000 with the same d', { kind: 30_000, tags: [['d', 'list']] }),
  ...ties('kind0', 'kind 0', { kind: 0 }),
  ...ties('kind10002', 'kind 10002', { kind: 10_002 }),
  ...ties('kind30023', 'one address', withD('article')),
  {
    id: 'nip01.addressable.by-d',
    statement: 'addressable events with different d are kept side by side',
    level: 'must',
    run: async (scene) => {
      const author = scene.author();
      const [a, b] = [author.sign(withD('a')), author.sign(withD('b'))];
      const client = await scene.connect();
      await client.publishAll([a, b]);
      assert.deepEqual(new Set(await client.ids({ authors: [author.pubkey] })), new Set([a.id, b.id]));
      assert.deepEqual(await client.ids({ authors: [author.pubkey], kinds: [30_023], '#d': ['a'] }), [a.id]);
    },
  },
  {
    id: 'nip01.addressable.missing-d',
    statement: 'a missing d and an empty d are the same address',
    level: 'must',
    run: async (scene) => {
      const author = scene.author();
      const without = author.sign({ kind: 30_023, created_at: nowSeconds() - 5 });
      assert.deepEqual(
        await publishInOrder(scene, [without, author.sign(withD(''))]).then((ids) => ids.length),
        1,
      );
    },
  },
  {
    id: 'nip01.replaceable.ignores-d',
    statement: 'the d of a replaceable kind is ignored',
    level: 'must',
    run: async (scene) => {
      const author = scene.author();
      const older = author.sign({ kind: 10_002, tags: [['d', 'a']], created_at: nowSeconds() - 5 });
      const newer = author.sign({ kind: 10_002, tags: [['d', 'b']] });
      assert.deepEqual(await publishInOrder(scene, [older, newer]), [newer.id]);
    },
  },
  {
    id: 'nip01.ephemeral.live',
    statement: 'an ephemeral event reaches a live subscription of another connection',
    level: 'must',
    run: async (scene) => {
      const event = scene.author().sign({ kind: 20_001 });
      const [publisher, subscriber] = [await scene.connect(), await scene.connect()];
      const sub = subscriber.subscribe({ authors: [event.pubkey] });
      await subscriber.stored(sub);
      assert.equal((await publisher.publish(event)).accepted, true);
      assert.deepEqual(await subscriber.delivery(sub, event.id), event);
    },
  },
  {
    id: 'nip01.ephemeral.not-stored',
    statement: 'an ephemeral event is not stored',
    level: 'must',
    run: async (scene) => {
      const client = await scene.connect();
      const events = [20_000, 29_999].map((kind) => scene.author().sign({ kind }));
      await client.publishAll(events);
      assert.deepEqual(await client.ids({ ids: events.map(({ id }) => id) }), []);
    },
  },
];
