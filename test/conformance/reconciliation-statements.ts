import assert from 'node:assert/strict';
import { nip77 } from 'nostr-tools';
import type { NostrEvent } from '../../src/nostr/event.ts';
import type { Filter } from '../../src/nostr/filter.ts';
import { nowSeconds } from './author.ts';
import type { Client } from './client.ts';
import type { Statement } from './statement.ts';

/** The next message of a reconciliation. */
async function reply(client: Client, id: string): Promise<readonly unknown[]> {
  const found = await client.until(`NEG-MSG or NEG-ERR for ${id}`, () =>
    client.messages.find(([type, sub]) => sub === id && (type === 'NEG-MSG' || type === 'NEG-ERR')),
  );
  client.messages.splice(client.messages.indexOf(found), 1);
  return found;
}

/** Reconciles with nostr-tools: which ids only the relay has, and which only the client. */
async function reconcile(client: Client, filter: Filter, own: readonly NostrEvent[]) {
  const storage = new nip77.NegentropyStorageVector();
  for (const { created_at, id } of own) storage.insert(created_at, id);
  storage.seal();
  const negentropy = new nip77.Negentropy(storage, 60_000);
  const [have, need] = [new Set<string>(), new Set<string>()];
  client.send(['NEG-OPEN', 'neg', filter, negentropy.initiate()]);
  for (;;) {
    const [type, , message] = await reply(client, 'neg');
    assert.equal(type, 'NEG-MSG', String(message));
    const next = negentropy.reconcile(
      String(message),
      (id) => have.add(id),
      (id) => need.add(id),
    );
    if (next === null) break;
    client.send(['NEG-MSG', 'neg', next]);
  }
  client.send(['NEG-CLOSE', 'neg']);
  return { have, need };
}

const idsOf = (events: readonly NostrEvent[]): Set<string> => new Set(events.map(({ id }) => id));

/** Reconciliation: NIP-77. */
export const reconciliationStatements: readonly Statement[] = [
  ...[3, 150].map(
    (count): Statement => ({
      id: `nip77.difference.${count}`,
      statement: `two sides with ${count} events find what each of them misses`,
      level: 'must',
      nip: 77,
      run: async (scene) => {
        const client = await scene.connect();
        const author = scene.author();
        const now = nowSeconds();
        const events = Array.from({ length: count }, (_, i) =>
          author.sign({ content: `${i}`, created_at: now - Math.floor(i / 10) }),
        );
        await client.publishAll(events.slice(1));
        const { have, need } = await reconcile(client, { authors: [author.pubkey] }, events.slice(0, -1));
        assert.deepEqual(have, idsOf(events.slice(0, 1)));
        assert.deepEqual(need, idsOf(events.slice(-1)));
      },
    }),
  ),
  {
    id: 'nip77.equal',
    statement: 'equal sets are found equal',
    level: 'must',
    nip: 77,
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const events = Array.from({ length: 40 }, (_, i) => author.sign({ content: `${i}` }));
      await client.publishAll(events);
      const { have, need } = await reconcile(client, { authors: [author.pubkey] }, events);
      assert.deepEqual([have.size, need.size], [0, 0]);
    },
  },
  {
    id: 'nip77.filter',
    statement: 'only events that match the filter take part',
    level: 'must',
    nip: 77,
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const [note, reaction] = [author.sign(), author.sign({ kind: 7 })];
      await client.publishAll([note, reaction]);
      const { need } = await reconcile(client, { authors: [author.pubkey], kinds: [7] }, []);
      assert.deepEqual(need, idsOf([reaction]));
    },
  },
  {
    id: 'nip77.version',
    statement: 'a version that is not spoken is answered with the one that is',
    level: 'must',
    nip: 77,
    run: async (scene) => {
      const client = await scene.connect();
      client.send(['NEG-OPEN', 'v', { kinds: [1] }, '62']);
      assert.deepEqual(await reply(client, 'v'), ['NEG-MSG', 'v', '61']);
    },
  },
  {
    id: 'nip77.namespace',
    statement: 'the ids of reconciliations and of subscriptions do not disturb each other',
    level: 'must',
    nip: 77,
    run: async (scene) => {
      const client = await scene.connect();
      const event = scene.author().sign();
      client.send(['REQ', 'neg', { authors: [event.pubkey] }]);
      await client.stored('neg');
      await reconcile(client, { authors: [event.pubkey] }, []);
      await client.publishAll([event]);
      await client.delivery('neg', event.id);
    },
  },
  {
    id: 'nip77.closed',
    statement: 'a message for a reconciliation that is not open gets NEG-ERR',
    level: 'must',
    nip: 77,
    run: async (scene) => {
      const client = await scene.connect();
      client.send(['NEG-OPEN', 'n', { ids: ['0'.repeat(64)] }, '6100000200']);
      assert.equal((await reply(client, 'n'))[0], 'NEG-MSG');
      client.send(['NEG-CLOSE', 'n']);
      client.send(['NEG-MSG', 'n', '6100000200']);
      const [type, , message] = await reply(client, 'n');
      assert.equal(type, 'NEG-ERR');
      assert.match(String(message), /^[a-z-]+: ./);
    },
  },
  {
    id: 'nip77.malformed',
    statement: 'a message that is not of the protocol gets NEG-ERR, and the connection still works',
    level: 'must',
    nip: 77,
    run: async (scene) => {
      const client = await scene.connect();
      for (const [i, message] of ['zz', '61ff', `61${'ff'.repeat(30)}`].entries()) {
        client.send(['NEG-OPEN', `m${i}`, { ids: ['0'.repeat(64)] }, message]);
        assert.equal((await reply(client, `m${i}`))[0], 'NEG-ERR');
      }
      await client.settle();
    },
  },
  {
    id: 'nip77.gift-wraps',
    statement: 'gift wraps take part for their authenticated recipient only',
    level: 'should',
    nip: [77, 59, 42],
    run: async (scene) => {
      const [client, recipient] = [await scene.connect(), await scene.connect()];
      const author = scene.author();
      const wrap = scene.author().sign({ kind: 1_059, tags: [['p', author.pubkey]] });
      await client.publishAll([wrap]);
      await recipient.authenticateAs(author);
      const filter = { '#p': [author.pubkey] };
      assert.deepEqual((await reconcile(recipient, filter, [])).need, idsOf([wrap]));
      assert.deepEqual((await reconcile(client, filter, [])).need, new Set());
      client.send(['NEG-OPEN', 'w', { kinds: [1_059] }, '6100000200']);
      assert.match(String((await reply(client, 'w'))[2]), /^auth-required: ./);
    },
  },
];
