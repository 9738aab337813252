import assert from 'node:assert/strict';
import type { NostrEvent } from '../../src/nostr/event.ts';
import type { Filter } from '../../src/nostr/filter.ts';
import { type Author, nowSeconds } from './author.ts';
import type { Client } from './client.ts';
import type { Statement } from './statement.ts';

const TIES = 8;
const HEX_A = 'a1'.repeat(32);
const HEX_B = 'b2'.repeat(32);

/** A few events that differ in every field a filter looks at, newest first. */
interface Library {
  readonly client: Client;
  readonly author: Author;
  readonly other: Author;
  readonly events: readonly [NostrEvent, NostrEvent, NostrEvent, NostrEvent, NostrEvent];
  /** `created_at` of the middle one. */
  readonly middle: number;
}

/** A statement about what a query returns; `expect` gives the positions in the library, in order. */
interface Case {
  readonly id: string;
  readonly statement: string;
  readonly level?: 'should';
  readonly ask: (library: Library) => readonly Filter[];
  readonly expect: readonly number[];
}

const CASES: readonly Case[] = [
  {
    id: 'ids',
    statement: 'events are found by ids',
    ask: ({ events }) => [{ ids: [events[1].id, events[3].id] }],
    expect: [1, 3],
  },
  {
    id: 'authors',
    statement: 'events are found by author, newest first',
    ask: ({ author }) => [{ authors: [author.pubkey] }],
    expect: [0, 1, 2, 3],
  },
  {
    id: 'authors-or',
    statement: 'several authors of a list are alternatives',
    ask: ({ author, other }) => [{ authors: [author.pubkey, other.pubkey] }],
    expect: [0, 1, 2, 3, 4],
  },
  {
    id: 'author-and-kind',
    statement: 'author and kind must both hold',
    ask: ({ author }) => [{ authors: [author.pubkey], kinds: [7] }],
    expect: [1],
  },
  {
    id: 'author-and-tag',
    statement: 'author and tag must both hold',
    ask: ({ author }) => [{ authors: [author.pubkey], '#t': ['red'] }],
    expect: [0, 2],
  },
  {
    id: 'kind-and-tag',
    statement: 'kind and tag must both hold',
    ask: (library) => [{ kinds: [1], '#e': [library.events[0].tags[1]?.[1] ?? ''] }],
    expect: [0],
  },
  {
    id: 'two-tags',
    statement: 'two tag conditions must both hold',
    ask: ({ author }) => [{ authors: [author.pubkey], '#t': ['red'], '#p': [HEX_B] }],
    expect: [2],
  },
  {
    id: 'tag-or',
    statement: 'several values of a tag condition are alternatives',
    ask: ({ author }) => [{ authors: [author.pubkey], '#t': ['red', 'blue'] }],
    expect: [0, 2, 3],
  },
  {
    id: 'tag-second-value',
    statement: 'only the first value of a tag is found',
    ask: ({ author }) => [{ authors: [author.pubkey], '#t': ['second'] }],
    expect: [],
  },
  {
    id: 'tag-case',
    statement: 'tag letters are case-sensitive',
    ask: ({ author }) => [{ authors: [author.pubkey], '#T': ['upper'] }],
    expect: [3],
  },
  {
    id: 'tag-case-lower',
    statement: 'a lower-case condition does not match an upper-case tag',
    ask: ({ author }) => [{ authors: [author.pubkey], '#t': ['upper'] }],
    expect: [],
  },
  {
    id: 'since',
    statement: 'since is inclusive',
    ask: ({ author, middle }) => [{ authors: [author.pubkey], since: middle }],
    expect: [0, 1, 2],
  },
  {
    id: 'until',
    statement: 'until is inclusive',
    ask: ({ author, middle }) => [{ authors: [author.pubkey], until: middle }],
    expect: [2, 3],
  },
  {
    id: 'since-until',
    statement: 'since and until of the same second find the events of that second',
    ask: ({ author, middle }) => [{ authors: [author.pubkey], since: middle, until: middle }],
    expect: [2],
  },
  {
    id: 'limit',
    statement: 'limit 2 returns the two newest',
    ask: ({ author }) => [{ authors: [author.pubkey], limit: 2 }],
    expect: [0, 1],
  },
  {
    id: 'limit-zero',
    statement: 'limit 0 returns no stored events, and EOSE at once',
    ask: ({ author }) => [{ authors: [author.pubkey], limit: 0 }],
    expect: [],
  },
  {
    id: 'limit-with-until',
    statement: 'limit counts from until backwards',
    ask: ({ author, middle }) => [{ authors: [author.pubkey], until: middle, limit: 1 }],
    expect: [2],
  },
  {
    id: 'nothing',
    statement: 'a query without matches is ended by EOSE',
    ask: ({ author }) => [{ authors: [author.pubkey], kinds: [4_242] }],
    expect: [],
  },
];

async function fill(client: Client, author: Author, other: Author): Promise<Library> {
  const middle = nowSeconds() - 100;
  const target = author.sign({ content: 'target', created_at: middle - 500 });
  const events: Library['events'] = [
    author.sign({
      created_at: middle + 20,
      tags: [
        ['t', 'red', 'second'],
        ['e', target.id],
      ],
    }),
    author.sign({ created_at: middle + 10, kind: 7, tags: [['p', HEX_A]] }),
    author.sign({
      created_at: middle,
      tags: [
        ['p', HEX_A],
        ['t', 'red'],
        ['p', HEX_B],
      ],
    }),
    author.sign({
      created_at: middle - 10,
      kind: 6,
      tags: [
        ['t', 'blue'],
        ['T', 'upper'],
      ],
    }),
    other.sign({ created_at: middle - 20, tags: [['t', 'red']] }),
  ];
  // Oldest last and first mixed: the order of arrival must not matter.
  const [a, b, c, d, e] = events;
  await client.publishAll([c, e, a, d, b]);
  return { client, author, other, events, middle };
}

const caseStatements = CASES.map(
  ({ id, statement, level, ask, expect }): Statement => ({
    id: `nip01.filter.${id}`,
    statement,
    level: level ?? 'must',
    run: async (scene) => {
      const library = await fill(await scene.connect(), scene.author(), scene.author());
      const found = await library.client.ids(...ask(library));
      assert.deepEqual(
        found,
        expect.map((position) => library.events[position]?.id),
      );
    },
  }),
);

/** Filters: NIP-01, F1 to F9. */
export const filterStatements: readonly Statement[] = [
  ...caseStatements,
  {
    id: 'nip01.filter.alternatives',
    statement: 'several filters are alternatives, and each keeps its own limit and order',
    level: 'must',
    run: async (scene) => {
      const { client, author, events } = await fill(await scene.connect(), scene.author(), scene.author());
      const filters = [
        { authors: [author.pubkey], kinds: [1], limit: 1 },
        { authors: [author.pubkey], kinds: [7, 6] },
      ];
      const found = await client.ids(...filters);
      assert.deepEqual(new Set(found), new Set([events[0].id, events[1].id, events[3].id]));
      assert.ok(found.indexOf(events[1].id) < found.indexOf(events[3].id), 'order within the second filter');
    },
  },
  {
    id: 'nip01.filter.ties',
    statement: `${TIES} events of the same second are returned lowest id first, also where limit cuts`,
    level: 'must',
    run: async (scene) => {
      const author = scene.author();
      const ties = author.signTies(TIES);
      const expected = ties.map(({ id }) => id);
      const client = await scene.connect();
      await client.publishAll(ties.toSorted((a, b) => (a.sig < b.sig ? -1 : 1)));
      assert.deepEqual(await client.ids({ authors: [author.pubkey] }), expected);
      assert.deepEqual(await client.ids({ authors: [author.pubkey], limit: 5 }), expected.slice(0, 5));
    },
  },
  {
    id: 'nip01.filter.no-prefix',
    statement: 'a short hex value does not match as a prefix',
    level: 'must',
    run: async (scene) => {
      const client = await scene.connect();
      const event = scene.author().sign();
      await client.publishAll([event]);
      const sub = client.subscribe({ ids: [event.id.slice(0, 16)] });
      // Empty, CLOSED and NOTICE are all fine; the last has no subscription id, so nothing is awaited.
      await client.settle();
      assert.deepEqual(client.received(sub), []);
    },
  },
  {
    id: 'nip01.filter.scrape',
    statement: 'an empty filter returns events in order and the newest of all',
    level: 'must',
    run: async (scene) => {
      const client = await scene.connect();
      const event = scene.author().sign({ created_at: nowSeconds() + 60 });
      await client.publishAll([event]);
      const { events } = await client.query({ limit: 20 });
      assert.ok(events.some(({ id }) => id === event.id));
      const times = events.map(({ created_at }) => created_at);
      assert.deepEqual(
        times,
        times.toSorted((a, b) => b - a),
      );
    },
  },
];
