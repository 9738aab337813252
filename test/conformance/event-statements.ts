import assert from 'node:assert/strict';
import type { NostrEvent } from '../../src/nostr/event.ts';
import { nowSeconds } from './author.ts';
import type { Scene, Statement } from './statement.ts';

async function isRoundTripped(scene: Scene, event: NostrEvent): Promise<void> {
  const client = await scene.connect();
  await client.publishAll([event]);
  assert.deepEqual((await client.query({ ids: [event.id] })).events, [event]);
}

/** The event must be refused with `invalid:` and must not be found. */
async function isRefused(scene: Scene, event: NostrEvent): Promise<void> {
  const client = await scene.connect();
  const ok = await client.publish(event);
  assert.equal(ok.accepted, false);
  assert.match(ok.message, /^invalid: /);
  assert.deepEqual(await client.ids({ ids: [event.id] }), []);
}

function content(id: string, what: string, text: string): Statement {
  return {
    id: `nip01.content.${id}`,
    statement: `an event whose content holds ${what} is accepted and returned unchanged`,
    level: 'must',
    run: (scene) => isRoundTripped(scene, scene.author().signExactly(text)),
  };
}

function malformed(id: string, what: string, change: (event: NostrEvent) => object): Statement {
  return {
    id: `nip01.malformed.${id}`,
    statement: `an event with ${what} gets OK false with a reason, and is not found`,
    level: 'must',
    run: async (scene) => {
      const client = await scene.connect();
      const event = scene.author().sign();
      client.send(['EVENT', { ...event, ...change(event) }]);
      const ok = await client.ok(event.id);
      assert.equal(ok.accepted, false);
      assert.match(ok.message, /^[a-z-]+: ./);
      assert.deepEqual(await client.ids({ authors: [event.pubkey] }), []);
    },
  };
}

function age(id: string, what: string, seconds: number): Statement {
  return {
    id: `nip01.time.${id}`,
    statement: `an event ${what} is accepted`,
    level: 'should',
    run: (scene) => isRoundTripped(scene, scene.author().sign({ created_at: nowSeconds() - seconds })),
  };
}

/** Validity of events: NIP-01, E1 to E3, and what the relay answers. */
export const eventStatements: readonly Statement[] = [
  {
    id: 'nip01.ok.stored',
    statement: 'an EVENT gets an OK with four elements, true and an empty message, and is then found',
    level: 'must',
    run: async (scene) => {
      const client = await scene.connect();
      const event = scene.author().sign({ content: 'hello' });
      client.send(['EVENT', event]);
      const ok = await client.until('OK', () => client.messages.find(([type]) => type === 'OK'));
      assert.deepEqual(ok, ['OK', event.id, true, '']);
      assert.deepEqual((await client.query({ ids: [event.id] })).events, [event]);
    },
  },
  {
    id: 'nip01.ok.duplicate',
    statement: 'an event that is sent again gets OK true with the prefix duplicate:',
    level: 'should',
    run: async (scene) => {
      const client = await scene.connect();
      const event = scene.author().sign();
      await client.publishAll([event]);
      const ok = await client.publish(event);
      assert.equal(ok.accepted, true);
      assert.match(ok.message, /^duplicate: /);
      assert.deepEqual(await client.ids({ authors: [event.pubkey] }), [event.id]);
    },
  },
  {
    id: 'nip01.invalid.signature',
    statement: 'an event with a wrong signature is refused with invalid:',
    level: 'must',
    run: (scene) => {
      const author = scene.author();
      return isRefused(scene, { ...author.sign(), sig: author.sign({ content: 'other' }).sig });
    },
  },
  {
    id: 'nip01.invalid.zero-signature',
    statement: 'an event with a signature of zeros is refused with invalid:',
    level: 'must',
    run: (scene) => isRefused(scene, { ...scene.author().sign(), sig: '0'.repeat(128) }),
  },
  {
    id: 'nip01.invalid.foreign-key',
    statement: 'an event signed by another key than its pubkey is refused with invalid:',
    level: 'must',
    run: (scene) => {
      const event = scene.author().sign();
      const forged = scene.author().sign({ created_at: event.created_at });
      return isRefused(scene, { ...forged, sig: event.sig });
    },
  },
  {
    id: 'nip01.invalid.id',
    statement: 'an event whose id is not its hash is refused with invalid:',
    level: 'must',
    run: (scene) => isRefused(scene, { ...scene.author().sign(), id: scene.author().sign().id }),
  },
  {
    id: 'nip01.invalid.content-changed',
    statement: 'an event whose content was changed after signing is refused with invalid:',
    level: 'must',
    run: (scene) => isRefused(scene, { ...scene.author().sign(), content: 'changed' }),
  },
  malformed('kind-range', 'a kind above 65535', () => ({ kind: 65_536 })),
  malformed('kind-fraction', 'a kind that is no integer', () => ({ kind: 1.5 })),
  malformed('created-at', 'a created_at that is text', ({ created_at }) => ({
    created_at: String(created_at),
  })),
  malformed('tags', 'a tag that holds a number', () => ({ tags: [['t', 1]] })),
  malformed('tags-null', 'tags that are null', () => ({ tags: null })),
  malformed('content', 'no content', () => ({ content: undefined })),
  malformed('sig-case', 'a signature in capitals', ({ sig }) => ({
    sig: sig.toUpperCase().replace(/^./, 'A'),
  })),
  malformed('pubkey-case', 'a pubkey in capitals', ({ pubkey }) => ({
    pubkey: pubkey.toUpperCase().replace(/^./, 'A'),
  })),
  content('escapes', 'the seven escaped characters', 'a\nb"c\\d\re\tf\bg\fh'),
  content('delete', 'U+007F, hashed verbatim', 'a\u007fb'),
  {
    id: 'nip01.content.control',
    statement:
      'an event whose content holds other control characters, hashed as JSON libraries write them, is accepted and returned unchanged',
    // NIP-01 has them verbatim, nostr-tools, go-nostr, rust-nostr and strfry escape them.
    level: 'should',
    run: (scene) => isRoundTripped(scene, scene.author().sign({ content: 'a\u0001b\u0000c\u001fd' })),
  },
  {
    id: 'nip01.json.escapes',
    statement: 'JSON escapes that NIP-01 does not list mean the characters that they stand for',
    level: 'must',
    run: async (scene) => {
      const client = await scene.connect();
      const event = scene.author().sign({ content: 'a/bé' });
      const escaped = JSON.stringify(['EVENT', event]).replace('a/bé', '\\u0061\\/b\\u00e9');
      client.sendRaw(escaped);
      assert.equal((await client.ok(event.id)).accepted, true);
      assert.deepEqual((await client.query({ ids: [event.id] })).events, [event]);
    },
  },
  content('separators', 'the line separators of Unicode', 'a\u2028b\u2029c'),
  content('noncharacters', 'noncharacters', 'a\ufdd1b\u{10fff2}c\uffff'),
  content('emoji', 'characters beyond the basic plane', 'a\u{1f600}\u{1f1e8}\u{1f1ed}é日本'),
  age('week', 'a week old', 7 * 86_400),
  age('month', 'four weeks old', 28 * 86_400),
  age('year', 'a year old', 365 * 86_400),
  age('y2015', 'of 2015', nowSeconds() - 1_430_000_000),
  age('y1999', 'of 1999', nowSeconds() - 930_000_000),
  age('y1970', 'of the first minutes of 1970', nowSeconds()),
  {
    id: 'nip01.time.far-future',
    statement: 'an event of the next year is refused when an upper limit of created_at is advertised',
    level: 'should',
    nip: 11,
    run: (scene) => isRefused(scene, scene.author().sign({ created_at: nowSeconds() + 365 * 86_400 })),
  },
];
