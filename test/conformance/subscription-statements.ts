import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { nowSeconds } from './author.ts';
import type { Statement } from './statement.ts';

/** Subscriptions and messages: NIP-01, S1 to S6. */
export const subscriptionStatements: readonly Statement[] = [
  {
    id: 'nip01.subscription.live',
    statement: 'after EOSE new events arrive live, on other connections and on the own one',
    level: 'must',
    run: async (scene) => {
      const [a, b] = [await scene.connect(), await scene.connect()];
      const event = scene.author().sign();
      const subs = [
        a.subscribe({ authors: [event.pubkey] }),
        b.subscribe({ authors: [event.pubkey] }),
      ] as const;
      await a.stored(subs[0]);
      await b.stored(subs[1]);
      await a.publishAll([event]);
      assert.deepEqual(await a.delivery(subs[0], event.id), event);
      assert.deepEqual(await b.delivery(subs[1], event.id), event);
    },
  },
  {
    id: 'nip01.subscription.live-ignores-limit',
    statement: 'limit bounds the stored events only: with limit 0 all live events arrive',
    level: 'must',
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const sub = client.subscribe({ authors: [author.pubkey], limit: 0 });
      assert.deepEqual((await client.stored(sub)).events, []);
      const events = [1, 2, 3].map((i) => author.sign({ content: `${i}` }));
      await client.publishAll(events);
      for (const event of events) await client.delivery(sub, event.id);
    },
  },
  {
    id: 'nip01.subscription.live-filter',
    statement: 'a live subscription gets only what its filters match',
    level: 'must',
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const sub = client.subscribe(
        { authors: [author.pubkey], kinds: [7] },
        { authors: [author.pubkey], '#t': ['wanted'] },
        { authors: [author.pubkey], since: nowSeconds() + 100 },
      );
      await client.stored(sub);
      const [note, reaction] = [author.sign(), author.sign({ kind: 7 })];
      const tagged = author.sign({ tags: [['t', 'wanted']] });
      await client.publishAll([note, reaction, tagged]);
      await client.delivery(sub, tagged.id);
      assert.deepEqual(
        client.received(sub).map(({ id }) => id),
        [reaction.id, tagged.id],
      );
    },
  },
  {
    id: 'nip01.subscription.one-eose',
    statement: 'EOSE comes exactly once, after the stored events',
    level: 'must',
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const event = author.sign({ created_at: nowSeconds() - 5 });
      await client.publishAll([event]);
      const sub = client.subscribe({ authors: [author.pubkey] });
      assert.deepEqual((await client.stored(sub)).events, [event]);
      const live = author.sign({ content: 'live' });
      await client.publishAll([live]);
      await client.delivery(sub, live.id);
      assert.equal(client.messages.filter(([type, id]) => type === 'EOSE' && id === sub).length, 1);
    },
  },
  {
    id: 'nip01.subscription.close',
    statement: 'after CLOSE nothing more arrives for the subscription',
    level: 'must',
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const sub = client.subscribe({ authors: [author.pubkey] });
      await client.stored(sub);
      client.send(['CLOSE', sub]);
      await client.publishAll([author.sign()]);
      await client.settle();
      assert.deepEqual(client.received(sub), []);
    },
  },
  {
    id: 'nip01.subscription.replace',
    statement: 'a REQ with the id of an open subscription replaces it',
    level: 'must',
    run: async (scene) => {
      const client = await scene.connect();
      const [before, after] = [scene.author(), scene.author()];
      client.send(['REQ', 'same', { authors: [before.pubkey] }]);
      await client.stored('same');
      client.send(['REQ', 'same', { authors: [after.pubkey] }]);
      await client.until('second EOSE', () =>
        client.messages.filter(([type]) => type === 'EOSE').length === 2 ? true : undefined,
      );
      const wanted = after.sign();
      await client.publishAll([before.sign(), wanted]);
      await client.delivery('same', wanted.id);
      assert.deepEqual(
        client.received('same').map(({ id }) => id),
        [wanted.id],
      );
    },
  },
  {
    id: 'nip01.subscription.per-connection',
    statement: 'subscription ids belong to a connection: equal ones do not disturb each other',
    level: 'must',
    run: async (scene) => {
      const [a, b] = [await scene.connect(), await scene.connect()];
      const [forA, forB] = [scene.author().sign(), scene.author().sign()];
      a.send(['REQ', 'same', { authors: [forA.pubkey] }]);
      b.send(['REQ', 'same', { authors: [forB.pubkey] }]);
      await Promise.all([a.stored('same'), b.stored('same')]);
      b.send(['CLOSE', 'same']);
      await a.publishAll([forA, forB]);
      await a.delivery('same', forA.id);
      assert.deepEqual(
        a.received('same').map(({ id }) => id),
        [forA.id],
      );
      assert.deepEqual(b.received('same'), []);
    },
  },
  {
    id: 'nip01.subscription.id-64',
    statement: 'a subscription id of 64 characters is accepted and returned unchanged',
    level: 'must',
    run: async (scene) => {
      const client = await scene.connect();
      const id = `"\\é${randomBytes(40).toString('hex')}`.slice(0, 64);
      client.send(['REQ', id, { ids: ['0'.repeat(64)] }]);
      assert.equal((await client.stored(id)).closed, null);
    },
  },
  {
    id: 'nip01.subscription.id-long',
    statement: 'a subscription id above 64 characters is not served',
    level: 'must',
    run: async (scene) => {
      const client = await scene.connect();
      const id = 'x'.repeat(65);
      client.send(['REQ', id, { ids: ['0'.repeat(64)] }]);
      await client.settle();
      assert.equal(
        client.messages.some(([type, sub]) => type === 'EOSE' && sub === id),
        false,
      );
    },
  },
  {
    id: 'nip01.subscription.refused',
    statement: 'a REQ that is refused gets CLOSED with a machine-readable prefix',
    level: 'must',
    run: async (scene) => {
      const client = await scene.connect();
      client.send(['REQ', 'bad', { kinds: ['one'] }]);
      const { closed } = await client.stored('bad');
      assert.match(String(closed), /^[a-z-]+: ./);
    },
  },
  {
    id: 'nip01.message.garbage',
    statement: 'messages that make no sense are survived: the connection still works',
    level: 'must',
    run: async (scene) => {
      const client = await scene.connect();
      const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
      const garbage = [
        '',
        '{',
        'null',
        '[]',
        '[1]',
        '{}',
        '["NOPE"]',
        '["REQ"]',
        '["EVENT"]',
        '["CLOSE"]',
        nested,
      ];
      for (const text of [...garbage, '["EVENT",{"__proto__":1}]', '["CLOSE","never opened"]'])
        client.sendRaw(text);
      const event = scene.author().sign();
      await client.publishAll([event]);
      assert.deepEqual(await client.ids({ ids: [event.id] }), [event.id]);
    },
  },
  {
    id: 'nip01.message.fragmented',
    statement: 'a message in several frames is one message',
    level: 'must',
    run: async (scene) => {
      const client = await scene.connect();
      const event = scene.author().sign({ content: 'é'.repeat(100) });
      const bytes = Buffer.from(JSON.stringify(['EVENT', event]));
      for (let i = 0; i < bytes.length; i += 7) {
        client.sendRaw(bytes.subarray(i, i + 7), { fin: i + 7 >= bytes.length, binary: false });
      }
      assert.equal((await client.ok(event.id)).accepted, true);
    },
  },
  {
    id: 'nip01.message.pipelined',
    statement: 'every one of 200 events sent without waiting gets exactly one OK',
    level: 'must',
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const events = Array.from({ length: 200 }, (_, i) => author.sign({ content: `${i}` }));
      for (const event of events) client.send(['EVENT', event]);
      await client.until('200 OKs', () =>
        client.messages.filter(([type]) => type === 'OK').length >= events.length ? true : undefined,
      );
      await client.settle();
      const answered = client.messages.filter(([type]) => type === 'OK').map((ok) => String(ok[1]));
      assert.deepEqual(answered.toSorted(), events.map(({ id }) => id).toSorted());
    },
  },
];
