import assert from 'node:assert/strict';
import { type Author, nowSeconds } from './author.ts';
import type { Statement } from './statement.ts';

function vanish(author: Author, relay: string, created_at: number) {
  return author.sign({ kind: 62, created_at, tags: [['relay', relay]] });
}

/** Requests to vanish: NIP-62. */
export const vanishStatements: readonly Statement[] = [
  ...['own', 'all'].map(
    (which): Statement => ({
      id: `nip62.${which}`,
      statement: `a request to vanish from ${which === 'own' ? 'this relay' : 'all relays'} deletes everything up to its time, and nothing later or of others`,
      level: 'must',
      nip: 62,
      run: async (scene) => {
        const client = await scene.connect();
        const [author, other] = [scene.author(), scene.author()];
        const then = nowSeconds() - 100;
        const gone = [
          author.sign({ created_at: then }),
          author.sign({ created_at: then - 5, kind: 0 }),
          author.sign({ created_at: then - 5, kind: 30_023, tags: [['d', 'x']] }),
          author.sign({ created_at: then - 5, kind: 5, tags: [['e', '0'.repeat(64)]] }),
        ];
        const kept = [author.sign({ created_at: then + 1 }), other.sign({ created_at: then })];
        await client.publishAll([...gone, ...kept]);
        await client.publishAll([vanish(author, which === 'own' ? scene.url : 'ALL_RELAYS', then)]);
        const all = [...gone, ...kept].map(({ id }) => id);
        assert.deepEqual(new Set(await client.ids({ ids: all })), new Set(kept.map(({ id }) => id)));
      },
    }),
  ),
  {
    id: 'nip62.other-relay',
    statement: 'a request to vanish from another relay deletes nothing here',
    level: 'must',
    nip: 62,
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const event = author.sign({ created_at: nowSeconds() - 100 });
      await client.publishAll([event]);
      await client.publish(vanish(author, 'wss://other.example', nowSeconds()));
      assert.deepEqual(await client.ids({ ids: [event.id] }), [event.id]);
    },
  },
  {
    id: 'nip62.resubmission',
    statement: 'what has vanished does not come back, what is newer is accepted',
    level: 'must',
    nip: 62,
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const now = nowSeconds();
      const [event, never] = [author.sign({ created_at: now - 50 }), author.sign({ created_at: now - 60 })];
      await client.publishAll([event, vanish(author, 'ALL_RELAYS', now - 10)]);
      for (const old of [event, never]) assert.equal((await client.publish(old)).accepted, false);
      const later = author.sign({ created_at: now - 5 });
      await client.publishAll([later]);
      assert.deepEqual(await client.ids({ authors: [author.pubkey], kinds: [1] }), [later.id]);
    },
  },
  {
    id: 'nip62.deletion',
    statement: 'a deletion request for a request to vanish has no effect',
    level: 'must',
    nip: 62,
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const now = nowSeconds();
      const event = author.sign({ created_at: now - 50 });
      const request = vanish(author, 'ALL_RELAYS', now - 10);
      await client.publishAll([event, request, author.sign({ kind: 5, tags: [['e', request.id]] })]);
      await client.publish(event);
      assert.deepEqual(await client.ids({ ids: [event.id] }), []);
    },
  },
  {
    id: 'nip62.deleted-before',
    statement: 'what a deletion request had deleted stays away after its author has vanished',
    level: 'must',
    nip: 62,
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const now = nowSeconds();
      const event = author.sign({ created_at: now });
      const deletion = author.sign({ kind: 5, created_at: now - 50, tags: [['e', event.id]] });
      await client.publishAll([deletion, vanish(author, 'ALL_RELAYS', now - 10)]);
      await client.publish(event);
      assert.deepEqual(await client.ids({ ids: [event.id, deletion.id] }), []);
    },
  },
  {
    id: 'nip62.gift-wraps',
    statement: 'gift wraps for somebody who vanishes are deleted',
    level: 'should',
    nip: [62, 59, 42],
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const now = nowSeconds();
      const wraps = [now - 50, now - 5].map((created_at) =>
        scene.author().sign({ kind: 1_059, created_at, tags: [['p', author.pubkey]] }),
      );
      await client.publishAll([...wraps, vanish(author, 'ALL_RELAYS', now - 10)]);
      await client.authenticateAs(author);
      assert.deepEqual(await client.ids({ ids: wraps.map(({ id }) => id) }), [wraps[1]?.id]);
    },
  },
];
