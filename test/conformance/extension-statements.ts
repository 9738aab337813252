import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { fetchRelayInformation } from '../../src/nostr/nip11-fetch.ts';
import { nowSeconds } from './author.ts';
import { NotApplicable, type Scene, type Statement } from './statement.ts';

type Limits = NonNullable<
  NonNullable<Awaited<ReturnType<typeof fetchRelayInformation>>['information']>['limitation']
>;

async function limitsOf(scene: Scene): Promise<Limits> {
  return (await fetchRelayInformation(scene.url)).information?.limitation ?? {};
}

/** The event must be accepted at the limit and refused beyond it. */
async function boundary(scene: Scene, atLimit: object, beyond: object): Promise<void> {
  const client = await scene.connect();
  assert.equal((await client.publish(scene.author().sign(atLimit))).accepted, true);
  const ok = await client.publish(scene.author().sign(beyond));
  assert.deepEqual([ok.accepted, /^[a-z-]+: ./.test(ok.message)], [false, true]);
}

const tags = (length: number): string[][] => Array.from({ length }, () => ['x', '']);

/** Further NIPs that a relay may advertise: 11, 40, 45. */
export const extensionStatements: readonly Statement[] = [
  {
    id: 'nip11.document',
    statement: 'the information document parses and allows cross-origin reading',
    level: 'must',
    nip: 11,
    run: async (scene) => {
      const { information, reason } = await fetchRelayInformation(scene.url);
      assert.ok(information !== null, String(reason));
      const url = scene.url.replace(/^ws/, 'http');
      const { headers } = await fetch(url, { headers: { accept: 'application/nostr+json' } });
      for (const what of ['origin', 'headers', 'methods']) {
        assert.ok(headers.has(`access-control-allow-${what}`), `access-control-allow-${what}`);
      }
    },
  },
  {
    id: 'nip11.max_limit',
    statement: 'a limit above max_limit is cut, not refused',
    level: 'must',
    nip: 11,
    run: async (scene) => {
      const client = await scene.connect();
      const { max_limit: max = 1_000_000 } = await limitsOf(scene);
      const { closed } = await client.query({ authors: [scene.author().pubkey], limit: max + 1 });
      assert.equal(closed, null);
    },
  },
  {
    id: 'nip11.max_subscriptions',
    statement:
      'as many subscriptions as advertised can be open; one more is refused with CLOSED, the others live',
    level: 'must',
    nip: 11,
    run: async (scene) => {
      const { max_subscriptions: max } = await limitsOf(scene);
      if (max === undefined) throw new NotApplicable('the limit is not advertised');
      const client = await scene.connect();
      const event = scene.author().sign();
      const subs = Array.from({ length: max + 1 }, () => client.subscribe({ authors: [event.pubkey] }));
      const answers = await Promise.all(subs.map((sub) => client.stored(sub)));
      assert.deepEqual(
        answers.slice(0, -1).filter(({ closed }) => closed !== null),
        [],
      );
      assert.match(String(answers.at(-1)?.closed), /^[a-z-]+: ./);
      await client.publishAll([event]);
      for (const sub of subs.slice(0, -1)) await client.delivery(sub, event.id);
      assert.deepEqual(client.received(subs.at(-1) ?? ''), []);
    },
  },
  {
    id: 'nip11.max_message_length',
    statement: 'a message longer than advertised is not accepted',
    level: 'must',
    nip: 11,
    run: async (scene) => {
      const { max_message_length: max } = await limitsOf(scene);
      if (max === undefined) throw new NotApplicable('the limit is not advertised');
      const client = await scene.connect();
      const event = scene.author().sign();
      client.sendRaw(`${JSON.stringify(['EVENT', event]).slice(0, -1)}${' '.repeat(max)}]`);
      await Promise.race([client.closed(), client.until('refusal', () => client.messages[0])]);
      assert.deepEqual(await (await scene.connect()).ids({ ids: [event.id] }), []);
    },
  },
  {
    id: 'nip11.max_event_tags',
    statement: 'an event with as many tags as advertised is accepted, one more is refused',
    level: 'must',
    nip: 11,
    run: async (scene) => {
      const { max_event_tags: max } = await limitsOf(scene);
      if (max === undefined) throw new NotApplicable('the limit is not advertised');
      await boundary(scene, { tags: tags(max) }, { tags: tags(max + 1) });
    },
  },
  {
    id: 'nip11.max_content_length',
    statement: 'content as long as advertised, in characters, is accepted, one more is refused',
    level: 'must',
    nip: 11,
    run: async (scene) => {
      const { max_content_length: max, max_message_length: maxMessage = 0 } = await limitsOf(scene);
      // Where a message cannot carry so much content, the other limit is the one that holds.
      if (max === undefined || maxMessage < max + 1_000) {
        throw new NotApplicable('no message can carry so much content');
      }
      await boundary(scene, { content: 'x'.repeat(max) }, { content: 'x'.repeat(max + 1) });
    },
  },
  {
    id: 'nip11.created_at_upper_limit',
    statement: 'created_at up to the advertised limit is accepted, beyond it is refused',
    level: 'must',
    nip: 11,
    run: async (scene) => {
      const { created_at_upper_limit: max } = await limitsOf(scene);
      if (max === undefined) throw new NotApplicable('the limit is not advertised');
      const now = nowSeconds();
      await boundary(scene, { created_at: now + max - 10 }, { created_at: now + max + 60 });
    },
  },
  {
    id: 'nip40.expired',
    statement: 'an event that has expired is not served',
    level: 'should',
    nip: 40,
    run: async (scene) => {
      const client = await scene.connect();
      const event = scene.author().sign({ tags: [['expiration', String(nowSeconds() - 10)]] });
      assert.equal((await client.publish(event)).accepted, false);
      assert.deepEqual(await client.ids({ ids: [event.id] }), []);
    },
  },
  {
    id: 'nip40.expires',
    statement: 'an event is served until it expires and not after, also when it was asked for before',
    level: 'should',
    nip: 40,
    run: async (scene) => {
      const client = await scene.connect();
      const expires = nowSeconds() + 2;
      const event = scene.author().sign({ tags: [['expiration', String(expires)]] });
      await client.publishAll([event]);
      assert.deepEqual(await client.ids({ ids: [event.id] }), [event.id]);
      await delay(expires * 1_000 - Date.now() + 1_100);
      assert.deepEqual(await client.ids({ ids: [event.id] }), []);
      assert.deepEqual(await client.ids({ authors: [event.pubkey] }), []);
    },
  },
  {
    id: 'nip40.ephemeral',
    statement: 'the expiration of an ephemeral event is ignored: it is delivered live',
    level: 'should',
    nip: 40,
    run: async (scene) => {
      const [client, other] = [await scene.connect(), await scene.connect()];
      const event = scene.author().sign({ kind: 20_001, tags: [['expiration', String(nowSeconds() - 10)]] });
      const sub = other.subscribe({ authors: [event.pubkey] });
      await other.stored(sub);
      await client.publishAll([event]);
      await other.delivery(sub, event.id);
    },
  },
  {
    id: 'nip45.alternatives',
    statement: 'COUNT counts an event once that matches several of its filters, and ignores limit',
    level: 'must',
    nip: 45,
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const events = [1, 2, 3].map((i) => author.sign({ content: `${i}`, tags: [['t', 'x']] }));
      await client.publishAll(events);
      const filters = [
        { authors: [author.pubkey], limit: 1 },
        { authors: [author.pubkey], '#t': ['x'] },
      ];
      assert.deepEqual(await client.count(...filters), { count: 3 });
    },
  },
  {
    id: 'nip45.refused',
    statement: 'a COUNT that is refused gets CLOSED with a machine-readable prefix',
    level: 'must',
    nip: 45,
    run: async (scene) => {
      const client = await scene.connect();
      client.send(['COUNT', 'bad', { kinds: ['one'] }]);
      assert.match(String((await client.stored('bad')).closed), /^[a-z-]+: ./);
    },
  },
  {
    id: 'nip45.count',
    statement: 'COUNT answers with the number of events that match',
    level: 'must',
    nip: 45,
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const events = [1, 2, 3].map((i) => author.sign({ content: `${i}`, kind: i === 3 ? 7 : 1 }));
      await client.publishAll(events);
      assert.deepEqual(await client.count({ authors: [author.pubkey], kinds: [1] }), { count: 2 });
    },
  },
];
