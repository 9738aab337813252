import assert from 'node:assert/strict';
import { type Author, nowSeconds } from './author.ts';
import type { Statement } from './statement.ts';

const ARTICLE = 30_023;

function article(author: Author, d: string, created_at: number, content = '') {
  return author.sign({ kind: ARTICLE, tags: [['d', d]], created_at, content });
}

function addressOf(author: Author, d: string): string {
  return `${ARTICLE}:${author.pubkey}:${d}`;
}

/** Deletion requests: NIP-09, and the criteria of relay-tester. */
export const deletionStatements: readonly Statement[] = [
  {
    id: 'nip09.by-id',
    statement: 'an event is deleted by an e tag of its author, and the request stays',
    level: 'must',
    nip: 9,
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const [event, kept] = [author.sign({ content: 'a' }), author.sign({ content: 'b' })];
      const request = author.sign({
        kind: 5,
        tags: [
          ['e', event.id],
          ['k', '1'],
        ],
      });
      await client.publishAll([event, kept, request]);
      assert.deepEqual(
        new Set(await client.ids({ authors: [author.pubkey] })),
        new Set([kept.id, request.id]),
      );
    },
  },
  {
    id: 'nip09.not-others',
    statement: 'an event of somebody else is not deleted, by e nor by a',
    level: 'must',
    nip: 9,
    run: async (scene) => {
      const client = await scene.connect();
      const [author, stranger] = [scene.author(), scene.author()];
      const [note, post] = [author.sign(), article(author, 'x', nowSeconds() - 5)];
      const tags = [
        ['e', note.id],
        ['e', post.id],
        ['a', addressOf(author, 'x')],
      ];
      await client.publishAll([note, post, stranger.sign({ kind: 5, tags })]);
      assert.deepEqual(new Set(await client.ids({ authors: [author.pubkey] })), new Set([note.id, post.id]));
    },
  },
  {
    id: 'nip09.resubmission',
    statement: 'a deleted event does not come back when it is sent again',
    level: 'must',
    nip: 9,
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const event = author.sign();
      await client.publishAll([event, author.sign({ kind: 5, tags: [['e', event.id]] })]);
      await client.publish(event);
      assert.deepEqual(await client.ids({ ids: [event.id] }), []);
    },
  },
  {
    id: 'nip09.before-event',
    statement: 'an event that comes after its deletion is not served',
    level: 'must',
    nip: 9,
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const event = author.sign();
      await client.publishAll([author.sign({ kind: 5, tags: [['e', event.id]] })]);
      await client.publish(event);
      assert.deepEqual(await client.ids({ ids: [event.id] }), []);
    },
  },
  {
    id: 'nip09.stranger-before-event',
    statement: 'a deletion by a stranger that comes first does not keep the event away',
    level: 'must',
    nip: 9,
    run: async (scene) => {
      const client = await scene.connect();
      const event = scene.author().sign();
      await client.publishAll([scene.author().sign({ kind: 5, tags: [['e', event.id]] }), event]);
      assert.deepEqual(await client.ids({ ids: [event.id] }), [event.id]);
    },
  },
  {
    id: 'nip09.deletion-of-deletion',
    statement: 'deleting a deletion request has no effect',
    level: 'must',
    nip: 9,
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const event = author.sign();
      const request = author.sign({ kind: 5, tags: [['e', event.id]] });
      await client.publishAll([event, request, author.sign({ kind: 5, tags: [['e', request.id]] })]);
      await client.publish(event);
      assert.deepEqual(await client.ids({ ids: [event.id, request.id] }), [request.id]);
    },
  },
  {
    id: 'nip09.by-address',
    statement: 'a version is deleted by an a tag, other addresses of kind, author and d are not',
    level: 'must',
    nip: 9,
    run: async (scene) => {
      const client = await scene.connect();
      const [author, other] = [scene.author(), scene.author()];
      const then = nowSeconds() - 10;
      const kept = [
        article(author, 'y', then),
        article(other, 'x', then),
        author.sign({ kind: 30_024, tags: [['d', 'x']], created_at: then }),
      ];
      const gone = article(author, 'x', then);
      const request = author.sign({ kind: 5, tags: [['a', addressOf(author, 'x')]] });
      await client.publishAll([...kept, gone, request]);
      const found = await client.ids({ authors: [author.pubkey, other.pubkey], '#d': ['x', 'y'] });
      assert.deepEqual(new Set(found), new Set(kept.map(({ id }) => id)));
    },
  },
  {
    id: 'nip09.address-older-only',
    statement: 'an a tag deletes versions up to the time of the request, not newer ones',
    level: 'must',
    nip: 9,
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const now = nowSeconds();
      const newer = article(author, 'x', now);
      const tags = [['a', addressOf(author, 'x')]];
      await client.publishAll([newer, author.sign({ kind: 5, tags, created_at: now - 10 })]);
      assert.deepEqual(await client.ids({ authors: [author.pubkey], kinds: [ARTICLE] }), [newer.id]);
    },
  },
  {
    id: 'nip09.address-resubmission',
    statement: 'after a deletion by address older versions are not served, newer ones are',
    level: 'must',
    nip: 9,
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const now = nowSeconds();
      const tags = [['a', addressOf(author, 'x')]];
      await client.publishAll([author.sign({ kind: 5, tags, created_at: now - 10 })]);
      await client.publish(article(author, 'x', now - 20));
      await client.publish(article(author, 'x', now - 10, 'same second'));
      assert.deepEqual(await client.ids({ authors: [author.pubkey], kinds: [ARTICLE] }), []);
      const newer = article(author, 'x', now - 5);
      await client.publishAll([newer]);
      assert.deepEqual(await client.ids({ authors: [author.pubkey], kinds: [ARTICLE] }), [newer.id]);
    },
  },
  {
    id: 'nip09.replaceable-address',
    statement: 'a replaceable event is deleted by an a tag with an empty d',
    level: 'must',
    nip: 9,
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const list = author.sign({ kind: 10_002, created_at: nowSeconds() - 5 });
      await client.publishAll([list, author.sign({ kind: 5, tags: [['a', `10002:${author.pubkey}:`]] })]);
      assert.deepEqual(await client.ids({ authors: [author.pubkey], kinds: [10_002] }), []);
    },
  },
  {
    id: 'nip09.live',
    statement: 'a deletion request is delivered to live subscriptions like any event',
    level: 'must',
    nip: 9,
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const event = author.sign();
      await client.publishAll([event]);
      const sub = client.subscribe({ kinds: [5], authors: [author.pubkey] });
      await client.stored(sub);
      const request = author.sign({ kind: 5, tags: [['e', event.id]] });
      await client.publishAll([request]);
      await client.delivery(sub, request.id);
    },
  },
];
