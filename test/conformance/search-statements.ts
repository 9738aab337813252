import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Statement } from './statement.ts';

/** A word that nobody else has used. */
const newWord = (): string => `w${randomBytes(8).toString('hex')}`;

/** Search: NIP-50. */
export const searchStatements: readonly Statement[] = [
  {
    id: 'nip50.words',
    statement: 'a search finds the events whose content has its words, in any case',
    level: 'must',
    nip: 50,
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const [one, two] = [newWord(), newWord()];
      const both = author.sign({ content: `a ${two.toUpperCase()}, and ${one}.` });
      await client.publishAll([
        both,
        author.sign({ content: `only ${one}` }),
        author.sign({ content: 'none' }),
      ]);
      assert.deepEqual(await client.ids({ search: `${one} ${two}` }), [both.id]);
      assert.deepEqual(await client.ids({ search: newWord() }), []);
    },
  },
  {
    id: 'nip50.filter',
    statement: 'the other conditions of a filter with a search hold too',
    level: 'must',
    nip: 50,
    run: async (scene) => {
      const client = await scene.connect();
      const [author, other] = [scene.author(), scene.author()];
      const word = newWord();
      const wanted = author.sign({ content: word });
      await client.publishAll([
        wanted,
        other.sign({ content: word }),
        author.sign({ kind: 30_023, content: word }),
      ]);
      assert.deepEqual(await client.ids({ search: word, authors: [author.pubkey], kinds: [1] }), [wanted.id]);
    },
  },
  {
    id: 'nip50.relevance',
    statement: 'the most relevant comes first, although it is older, and the limit is applied after that',
    level: 'should',
    nip: 50,
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const word = newWord();
      const now = Math.floor(Date.now() / 1_000);
      const best = author.sign({ content: `${word} ${word} ${word}`, created_at: now - 100 });
      const later = author.sign({ content: `${word} and much else that was not asked for`, created_at: now });
      await client.publishAll([best, later]);
      assert.deepEqual(await client.ids({ search: word, limit: 1 }), [best.id]);
      assert.deepEqual(await client.ids({ search: word }), [best.id, later.id]);
    },
  },
  {
    id: 'nip50.extensions',
    statement: 'extensions that a relay does not know are ignored',
    level: 'should',
    nip: 50,
    run: async (scene) => {
      const client = await scene.connect();
      const event = scene.author().sign({ content: newWord() });
      await client.publishAll([event]);
      assert.deepEqual(await client.ids({ search: `${event.content} unknown:thing` }), [event.id]);
    },
  },
  {
    id: 'nip50.deleted',
    statement: 'a search does not find what was deleted',
    level: 'must',
    nip: 50,
    run: async (scene) => {
      const client = await scene.connect();
      const author = scene.author();
      const event = author.sign({ content: newWord() });
      await client.publishAll([event]);
      assert.deepEqual(await client.ids({ search: event.content }), [event.id]);
      await client.publishAll([author.sign({ kind: 5, tags: [['e', event.id]] })]);
      assert.deepEqual(await client.ids({ search: event.content }), []);
    },
  },
];
