import { createHash } from 'node:crypto';
import { finalizeEvent, generateSecretKey } from 'nostr-tools/pure';
import { describe, expect, it } from 'vitest';
import {
  checkEventShape,
  eventId,
  eventTexts,
  idForm,
  isHex64,
  type NostrEvent,
  serializeEvent,
  serializeVerbatim,
} from '../../../src/nostr/event.ts';

const PUBKEY = 'a'.repeat(64);

const EVENT: NostrEvent = {
  id: '1'.repeat(64),
  pubkey: PUBKEY,
  created_at: 1_700_000_000,
  kind: 1,
  tags: [['t', 'x']],
  content: 'hi',
  sig: '2'.repeat(128),
};

function withContent(content: string): string {
  return serializeEvent({ ...EVENT, content });
}

describe('serializing an event', () => {
  it('writes the fields in order without white space', () => {
    expect(serializeEvent(EVENT)).toBe(`[0,"${PUBKEY}",1700000000,1,[["t","x"]],"hi"]`);
  });

  it('escapes the seven characters of NIP-01', () => {
    expect(withContent('\n"\\\r\t\b\f')).toContain(String.raw`"\n\"\\\r\t\b\f"`);
  });

  it.each([
    ['U+0000', '\u0000', String.raw`\u0000`],
    ['U+000B', '\u000b', String.raw`\u000b`],
    ['U+001F', '\u001f', String.raw`\u001f`],
    ['a lone surrogate', '\ud800', String.raw`\ud800`],
  ])(
    'escapes %s as JSON libraries do, and leaves it verbatim where NIP-01 is taken to the letter',
    (_name, character, written) => {
      const event = { ...EVENT, content: character, tags: [['t', character]] };
      expect(serializeEvent(event)).toContain(`[["t","${written}"]],"${written}"]`);
      expect(serializeVerbatim(event)).toContain(`[["t","${character}"]],"${character}"]`);
    },
  );

  it.each([
    ['U+007F', '\u007f'],
    ['U+2028', '\u2028'],
    ['U+2029', '\u2029'],
    ['U+FDD1, a noncharacter', '\ufdd1'],
    ['U+10FFF2, a noncharacter', '\u{10fff2}'],
    ['an emoji', '\u{1f600}'],
    ['a slash', '/'],
  ])('leaves %s verbatim: there is one text', (_name, character) => {
    expect(withContent(character)).toContain(`,"${character}"]`);
    expect(serializeVerbatim({ ...EVENT, content: character })).toBeNull();
  });

  it('escapes the seven characters in the verbatim text as well', () => {
    const event = { ...EVENT, tags: [['t\u0001', '\n\u0002'], ['x']], content: 'a\u0001\n"\\' };
    expect(serializeVerbatim(event)).toContain('[["t\u0001","\\n\u0002"],["x"]],"a\u0001\\n\\"\\\\"]');
  });

  it('takes an escaped backslash before a u for what it is', () => {
    expect(withContent('\\u0041')).toContain(String.raw`"\\u0041"`);
  });
});

describe('the id of an event', () => {
  it.each(['hi "\n\u2028\u{1f600}', 'a\u0000\u0001\u001b[2J', 'é\u007f'])(
    'is the one that nostr-tools computes',
    (content) => {
      const template = { kind: 1, created_at: 5, tags: [['e', 'x', 'é\u000b']], content };
      const event = finalizeEvent(template, generateSecretKey());
      expect(eventId(event)).toBe(event.id);
      expect(idForm(event)).toBe('escaped');
    },
  );

  it('is the hash of the UTF-8 bytes', () => {
    const event = { ...EVENT, content: 'é\u{1f600}' };
    const bytes = Buffer.from(serializeEvent(event), 'utf8');
    expect(eventId(event)).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('may be the hash of the verbatim text', () => {
    const event = { ...EVENT, content: '\u0001' };
    const id = createHash('sha256')
      .update(serializeVerbatim(event) ?? '')
      .digest('hex');
    expect(idForm({ ...event, id })).toBe('verbatim');
    expect(idForm(event)).toBeNull();
  });
});

describe('both texts of an event', () => {
  it('are the serialised event and its JSON', () => {
    const event = { ...EVENT, content: 'a\u0001\n"\ud800', tags: [['t', '\u0002é']] };
    expect(eventTexts(event).signed).toBe(serializeEvent(event));
    expect(JSON.parse(eventTexts(event).json)).toEqual(event);
  });
});

describe('checking the shape of an event', () => {
  it('accepts a well-formed event and drops other fields', () => {
    expect(checkEventShape({ ...EVENT, extra: 1 }).event).toEqual(EVENT);
  });

  it.each([
    ['null', null, 'event is not an object'],
    ['an array', [], 'event is not an object'],
    ['a text', 'event', 'event is not an object'],
    ['an empty object', {}, 'id is not 64 lowercase hex characters'],
    ['an id in capitals', { ...EVENT, id: 'A'.repeat(64) }, 'id is not 64 lowercase hex characters'],
    ['a short id', { ...EVENT, id: '1'.repeat(63) }, 'id is not 64 lowercase hex characters'],
    [
      'an id with a newline after it',
      { ...EVENT, id: `${'1'.repeat(64)}\n` },
      'id is not 64 lowercase hex characters',
    ],
    ['a long pubkey', { ...EVENT, pubkey: '1'.repeat(65) }, 'pubkey is not 64 lowercase hex characters'],
    ['a created_at as text', { ...EVENT, created_at: '5' }, 'created_at is not an integer'],
    ['a fraction of a second', { ...EVENT, created_at: 1.5 }, 'created_at is not an integer'],
    ['a created_at beyond all integers', { ...EVENT, created_at: 1e300 }, 'created_at is not an integer'],
    ['a negative kind', { ...EVENT, kind: -1 }, 'kind is not an integer in 0..65535'],
    ['a kind above 65535', { ...EVENT, kind: 65_536 }, 'kind is not an integer in 0..65535'],
    ['a kind as text', { ...EVENT, kind: '1' }, 'kind is not an integer in 0..65535'],
    ['no content', { ...EVENT, content: undefined }, 'content is not a string'],
    ['a short signature', { ...EVENT, sig: '2'.repeat(127) }, 'sig is not 128 lowercase hex characters'],
    ['tags that are an object', { ...EVENT, tags: {} }, 'tags is not an array'],
    ['a tag that is a text', { ...EVENT, tags: ['t'] }, 'a tag is not an array'],
    ['an empty tag', { ...EVENT, tags: [[]] }, 'a tag is empty'],
    ['null in a tag', { ...EVENT, tags: [['t', null]] }, 'a tag holds something other than strings'],
    ['an array in a tag', { ...EVENT, tags: [['t', ['x']]] }, 'a tag holds something other than strings'],
  ])('refuses %s', (_name, value, problem) => {
    expect(checkEventShape(value)).toEqual({ problem });
  });

  it.each([0, 65_535])('accepts kind %i', (kind) => {
    expect(checkEventShape({ ...EVENT, kind }).problem).toBeUndefined();
  });

  it.each([0, -1, 2 ** 31, 2 ** 33])('accepts created_at %i', (created_at) => {
    expect(checkEventShape({ ...EVENT, created_at }).problem).toBeUndefined();
  });

  it('survives nesting as deep as a message can carry', () => {
    const depth = 100_000;
    const value: unknown = JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);
    expect(checkEventShape({ ...EVENT, tags: value }).problem).toBe(
      'a tag holds something other than strings',
    );
  });
});

describe('isHex64', () => {
  it.each([
    ['0'.repeat(64), true],
    ['f'.repeat(64), true],
    ['g'.repeat(64), false],
    ['F'.repeat(64), false],
    ['', false],
    [5, false],
  ])('of %s is %s', (value, expected) => {
    expect(isHex64(value)).toBe(expected);
  });
});
