import { randomBytes } from 'node:crypto';
import { messageOf } from '../base/errors.ts';
import type { NostrEvent } from '../nostr/event.ts';
import { NegentropyItems } from '../nostr/negentropy/items.ts';
import { signByNewKey } from '../nostr/new-key.ts';
import { openNegentropy } from '../nostr/nip77.ts';
import { openProbe, type ProbeAddress, type ProbeConnection } from './probe-connection.ts';
import type { SuiteRelay } from './schema.ts';

/** What a relay does of what it is asked for. */
export type Abilities = SuiteRelay['abilities'];

interface Question {
  readonly what: string;
  readonly title: string;
  readonly nip: number;
  /** @returns what the relay did instead; null where it does it. @throws Error where it does not answer */
  ask(scene: Scene): Promise<string | null>;
}

interface Scene {
  readonly connection: ProbeConnection;
  /** Opens one more. */
  open(): Promise<ProbeConnection>;
  /** A note that the relay was sent first, and its topic. */
  readonly note: NostrEvent;
  readonly topic: string;
}

const NOTE = 1;
const PROFILE = 0;
const EPHEMERAL = 20_001;
const MOST_DETAIL = 100;

/**
 * Asks a relay what it does, each question on its own: a handful of events by throwaway keys, read back. This is no test of
 * conformance (`npm run conformance` is): it says which parts of a suite mean anything, and what a reader must know of the relay.
 * @throws Error where no connection can be opened
 */
export async function probeAbilities(address: ProbeAddress): Promise<Abilities> {
  const topic = `probe-${randomBytes(6).toString('hex')}`;
  const connection = await openProbe(address);
  const others: ProbeConnection[] = [];
  const open = async (): Promise<ProbeConnection> => {
    const other = await openProbe(address);
    others.push(other);
    return other;
  };
  const scene: Scene = { connection, open, topic, note: event(NOTE, [['t', topic]]) };
  try {
    const found: Abilities = [];
    for (const { what, title, nip, ask } of QUESTIONS) {
      const problem = await ask(scene).catch((error: unknown) => messageOf(error));
      found.push({
        what,
        title,
        nip,
        supported: problem === null,
        detail: problem?.slice(0, MOST_DETAIL) ?? null,
      });
    }
    return found;
  } finally {
    for (const one of [connection, ...others]) one.close();
  }
}

const QUESTIONS: readonly Question[] = [
  {
    what: 'stores',
    title: 'stores an event and finds it by its id',
    nip: 1,
    ask: async ({ connection, note }) => {
      const refused = await connection.publish(note);
      if (refused !== null) return `refused: ${refused}`;
      return (await stored(connection, { ids: [note.id] })).includes(note.id) ? null : 'it was not found';
    },
  },
  {
    what: 'tags',
    title: 'finds an event by its tag',
    nip: 1,
    ask: async ({ connection, note, topic }) =>
      (await stored(connection, { '#t': [topic] })).includes(note.id) ? null : 'it was not found',
  },
  {
    what: 'live',
    title: 'delivers an event to a live subscription',
    nip: 1,
    ask: async ({ connection, open, topic }) => {
      const listener = await open();
      const live = event(NOTE, [['t', `${topic}-live`]]);
      const sub = subscribe(listener, { '#t': [`${topic}-live`] });
      await endOf(listener, sub);
      const refused = await connection.publish(live);
      if (refused !== null) return `refused: ${refused}`;
      await listener.until('event', ({ message }) =>
        message.type === 'EVENT' && message.subscriptionId === sub && message.event.id === live.id
          ? true
          : null,
      );
      return null;
    },
  },
  {
    what: 'ephemeral',
    title: 'does not store an ephemeral event',
    nip: 1,
    ask: async ({ connection }) => {
      const passing = event(EPHEMERAL, []);
      const refused = await connection.publish(passing);
      if (refused !== null) return `refused: ${refused}`;
      return (await stored(connection, { ids: [passing.id] })).length === 0 ? null : 'it was stored';
    },
  },
  {
    what: 'verifies',
    title: 'refuses an event whose signature is wrong',
    nip: 1,
    ask: async ({ connection }) => {
      const good = event(NOTE, []);
      const bad = { ...good, sig: good.sig.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) };
      return (await connection.publish(bad)) === null ? 'it was taken' : null;
    },
  },
  {
    what: 'replaces',
    title: 'takes a replaceable event',
    nip: 1,
    ask: async ({ connection }) => {
      const profile = event(PROFILE, [], '{"name":"probe"}');
      const refused = await connection.publish(profile);
      if (refused !== null) return `refused: ${refused}`;
      const found = await stored(connection, { authors: [profile.pubkey], kinds: [PROFILE] });
      return found.includes(profile.id) ? null : 'it was not found';
    },
  },
  {
    what: 'count',
    title: 'counts events',
    nip: 45,
    ask: async ({ open, topic }) => {
      const connection = await open();
      connection.send(['COUNT', 'count', { '#t': [topic] }]);
      return connection
        .until('COUNT', ({ message }) => {
          if (message.type === 'NOTICE') return `NOTICE ${message.message}`;
          if (!('subscriptionId' in message) || message.subscriptionId !== 'count') return null;
          if (message.type === 'CLOSED') return `CLOSED ${message.message}`;
          return message.type === 'COUNT' ? { count: message.count } : null;
        })
        .then((answer) => {
          if (typeof answer === 'string') return answer;
          return answer.count === 1 ? null : `it counted ${answer.count} of 1`;
        });
    },
  },
  {
    what: 'sync',
    title: 'compares sets of events',
    nip: 77,
    ask: async ({ open, topic }) => {
      // A relay that does not know it may close the connection.
      const connection = await open();
      const opening = openNegentropy(NegentropyItems.of([])).toString('hex');
      connection.send(['NEG-OPEN', 'neg', { '#t': [topic] }, opening]);
      return connection
        .until('NEG-MSG', ({ message, text }) => {
          if (text.startsWith('["NEG-MSG"')) return { isAnswer: true };
          if (text.startsWith('["NEG-ERR"')) return text;
          return message.type === 'NOTICE' ? `NOTICE ${message.message}` : null;
        })
        .then((answer) => (typeof answer === 'string' ? answer : null));
    },
  },
];

/** Ids of the stored events that match. */
async function stored(
  connection: ProbeConnection,
  filter: Readonly<Record<string, unknown>>,
): Promise<string[]> {
  const sub = subscribe(connection, filter);
  const ids: string[] = [];
  await connection.until('EOSE', ({ message }) => {
    if (!('subscriptionId' in message) || message.subscriptionId !== sub) return null;
    if (message.type === 'EVENT') ids.push(message.event.id);
    if (message.type === 'CLOSED') throw new Error(`CLOSED ${message.message}`);
    return message.type === 'EOSE' ? true : null;
  });
  connection.send(['CLOSE', sub]);
  return ids;
}

let asked = 0;

function subscribe(connection: ProbeConnection, filter: Readonly<Record<string, unknown>>): string {
  asked += 1;
  const sub = `probe${asked}`;
  connection.send(['REQ', sub, filter]);
  return sub;
}

async function endOf(connection: ProbeConnection, sub: string): Promise<void> {
  await connection.until('EOSE', ({ message }) => {
    if (!('subscriptionId' in message) || message.subscriptionId !== sub) return null;
    if (message.type === 'CLOSED') throw new Error(`CLOSED ${message.message}`);
    return message.type === 'EOSE' ? true : null;
  });
}

function event(
  kind: number,
  tags: readonly (readonly string[])[],
  content = 'a probe of relay-bench',
): NostrEvent {
  return signByNewKey({
    kind,
    tags: tags.map((tag) => [...tag]),
    content,
    created_at: Math.floor(Date.now() / 1_000),
  });
}
