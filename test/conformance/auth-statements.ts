import assert from 'node:assert/strict';
import { type Draft, nowSeconds } from './author.ts';
import type { Scene, Statement } from './statement.ts';

/** A gift wrap for somebody, by a key that is used once; dated back as NIP-59 says. */
function giftWrap(scene: Scene, recipient: string, kind = 1_059) {
  const created_at = kind === 1_059 ? nowSeconds() - 3_600 : nowSeconds();
  return scene.author().sign({ kind, created_at, tags: [['p', recipient]], content: 'sealed' });
}

/** An authentication with something wrong must be refused, and must not give the rights of its author. */
function refused(id: string, what: string, draft: (challenge: string, url: string) => Draft): Statement {
  return {
    id: `nip42.refuses.${id}`,
    statement: `an authentication with ${what} is refused`,
    level: 'must',
    nip: 42,
    run: async (scene) => {
      const client = await scene.connect();
      const wrong = draft(await client.challenge(), scene.url);
      const ok = await client.authenticate(await client.authentication(scene.author(), wrong));
      assert.deepEqual([ok.accepted, /^[a-z-]+: ./.test(ok.message)], [false, true]);
    },
  };
}

const tags = (relay: string, challenge: string): string[][] => [
  ['relay', relay],
  ['challenge', challenge],
];

/** Who may see and publish what: NIP-42, NIP-17 and 59, NIP-70. */
export const authStatements: readonly Statement[] = [
  {
    id: 'nip42.stranger',
    statement: 'anybody can authenticate, also with several keys on one connection',
    level: 'must',
    nip: 42,
    run: async (scene) => {
      const client = await scene.connect();
      await client.authenticateAs(scene.author());
      await client.authenticateAs(scene.author());
    },
  },
  refused('kind', 'another kind', () => ({ kind: 22_243 })),
  refused('age', 'a time half an hour ago', () => ({ created_at: nowSeconds() - 1_800 })),
  refused('challenge', 'another challenge', (_challenge, url) => ({ tags: tags(url, 'something else') })),
  refused('relay', 'the URL of another relay', (challenge) => ({
    tags: tags('wss://other.example', challenge),
  })),
  {
    id: 'nip42.replay',
    statement: 'an authentication of one connection is refused on another',
    level: 'must',
    nip: 42,
    run: async (scene) => {
      const [mine, theirs] = [await scene.connect(), await scene.connect()];
      const event = await mine.authentication(scene.author());
      assert.equal((await mine.authenticate(event)).accepted, true);
      await theirs.challenge();
      assert.equal((await theirs.authenticate(event)).accepted, false);
    },
  },
  {
    id: 'nip42.secret',
    statement: 'an event of the kind of authentications is neither stored nor delivered',
    level: 'must',
    nip: 42,
    run: async (scene) => {
      const [client, other] = [await scene.connect(), await scene.connect()];
      const author = scene.author();
      const sub = other.subscribe({ authors: [author.pubkey] });
      await other.stored(sub);
      const event = await client.authentication(author);
      await client.authenticate(event);
      await client.publish(event);
      await other.settle();
      assert.deepEqual(other.received(sub), []);
      assert.deepEqual(await client.ids({ authors: [author.pubkey] }), []);
    },
  },
  {
    id: 'nip59.stored',
    statement: 'a gift wrap is found by its authenticated recipient and by nobody else',
    level: 'should',
    nip: [59, 42],
    run: async (scene) => {
      const [client, stranger, recipient] = [
        await scene.connect(),
        await scene.connect(),
        await scene.connect(),
      ];
      const [author, other] = [scene.author(), scene.author()];
      const wrap = giftWrap(scene, author.pubkey);
      await client.publishAll([wrap]);
      await recipient.authenticateAs(author);
      await stranger.authenticateAs(other);
      assert.deepEqual(await recipient.ids({ kinds: [1_059], '#p': [author.pubkey] }), [wrap.id]);
      for (const filter of [{ ids: [wrap.id] }, { '#p': [author.pubkey] }, { authors: [wrap.pubkey] }]) {
        assert.deepEqual(await recipient.ids(filter), [wrap.id]);
        assert.deepEqual(await stranger.ids(filter), []);
        assert.deepEqual(await client.ids(filter), []);
      }
    },
  },
  {
    id: 'nip59.refused',
    statement:
      'who asks for gift wraps gets CLOSED auth-required:, and restricted: where they are for others',
    level: 'should',
    nip: [59, 42],
    run: async (scene) => {
      const client = await scene.connect();
      const [author, other] = [scene.author(), scene.author()];
      const filter = { kinds: [1_059], '#p': [other.pubkey] };
      assert.match(String((await client.query(filter)).closed), /^auth-required: ./);
      await client.authenticateAs(author);
      assert.match(String((await client.query(filter)).closed), /^restricted: ./);
    },
  },
  {
    id: 'nip59.count',
    statement: 'COUNT counts gift wraps for their recipient only',
    level: 'should',
    nip: [59, 42],
    run: async (scene) => {
      const [client, recipient] = [await scene.connect(), await scene.connect()];
      const author = scene.author();
      await client.publishAll([giftWrap(scene, author.pubkey)]);
      await recipient.authenticateAs(author);
      assert.deepEqual(await recipient.count({ '#p': [author.pubkey] }), { count: 1 });
      assert.deepEqual(await client.count({ '#p': [author.pubkey] }), { count: 0 });
      assert.match(String(await client.count({ kinds: [1_059] })), /^auth-required: ./);
    },
  },
  ...[1_059, 21_059].map(
    (kind): Statement => ({
      id: `nip59.live.${kind}`,
      statement: `a gift wrap of kind ${kind} is delivered live to its recipient only, also after a later AUTH`,
      level: 'should',
      nip: [59, 42],
      run: async (scene) => {
        const [client, stranger, recipient] = [
          await scene.connect(),
          await scene.connect(),
          await scene.connect(),
        ];
        const author = scene.author();
        const filter = { '#p': [author.pubkey] };
        const [open, closed] = [recipient.subscribe(filter), stranger.subscribe(filter)];
        await Promise.all([recipient.stored(open), stranger.stored(closed)]);
        await recipient.authenticateAs(author);
        await stranger.authenticateAs(scene.author());
        const wrap = giftWrap(scene, author.pubkey, kind);
        await client.publishAll([wrap]);
        await recipient.delivery(open, wrap.id);
        await stranger.settle();
        assert.deepEqual(stranger.received(closed), []);
      },
    }),
  ),
  {
    id: 'nip59.ephemeral',
    statement: 'an ephemeral gift wrap is not stored',
    level: 'must',
    nip: [59, 42],
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      await client.publish(giftWrap(scene, author.pubkey, 21_059));
      await client.authenticateAs(author);
      assert.deepEqual(await client.ids({ '#p': [author.pubkey] }), []);
    },
  },
  {
    id: 'nip59.deletion',
    statement: 'a gift wrap is deleted by its recipient, not by others, and does not come back',
    level: 'should',
    nip: [59, 42],
    run: async (scene) => {
      const client = await scene.connect();
      const [author, other] = [scene.author(), scene.author()];
      const wrap = giftWrap(scene, author.pubkey);
      const byOther = other.sign({ kind: 5, tags: [['e', wrap.id]] });
      await client.publishAll([wrap, byOther]);
      await client.authenticateAs(author);
      assert.deepEqual(await client.ids({ ids: [wrap.id] }), [wrap.id]);
      await client.publishAll([author.sign({ kind: 5, tags: [['e', wrap.id]] })]);
      await client.publish(wrap);
      assert.deepEqual(await client.ids({ ids: [wrap.id] }), []);
    },
  },
  {
    id: 'nip70.stranger',
    statement: 'a protected event is refused from a client that has not authenticated as its author',
    level: 'must',
    nip: [70, 42],
    run: async (scene) => {
      const client = await scene.connect();
      const event = scene.author().sign({ tags: [['-']] });
      assert.match((await client.publish(event)).message, /^auth-required: ./);
      await client.authenticateAs(scene.author());
      assert.match((await client.publish(event)).message, /^restricted: ./);
      assert.deepEqual(await client.ids({ ids: [event.id] }), []);
    },
  },
  {
    id: 'nip70.author',
    statement: 'a protected event is accepted from its authenticated author, who sends it again after AUTH',
    level: 'must',
    nip: [70, 42],
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const event = author.sign({ tags: [['-']] });
      assert.equal((await client.publish(event)).accepted, false);
      await client.authenticateAs(author);
      assert.equal((await client.publish(event)).accepted, true);
      assert.deepEqual(await client.ids({ ids: [event.id] }), [event.id]);
    },
  },
  {
    id: 'nip70.repost',
    statement: 'a repost of a protected event is refused',
    level: 'should',
    nip: 70,
    run: async (scene) => {
      const client = await scene.connect();
      const event = scene.author().sign({ tags: [['-']] });
      const repost = scene
        .author()
        .sign({ kind: 6, tags: [['e', event.id]], content: JSON.stringify(event) });
      assert.equal((await client.publish(repost)).accepted, false);
    },
  },
];
