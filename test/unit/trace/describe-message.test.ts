import { describe, expect, test } from 'vitest';
import { MessageDescriber } from '../../../src/trace/describe-message.ts';
import { lineOfStep, parseStep } from '../../../src/trace/format.ts';

const ID = '5c83da77af1dec6d7289834998ad7aafbd9e2191396d75ec3cc27f5a77226f36';
const KEY = 'f7234bd4c1394dda46d09f35bd384dd30cc552ad5541990f98844fb06676e9ca';
const SIG = 'a'.repeat(128);
const NOW_S = 1_700_000_000;

function describer({ ids = false, content = false, key = 'secret' } = {}): MessageDescriber {
  return new MessageDescriber({ ids, content, key: Buffer.from(key) });
}

function eventMessage(more: object = {}): string {
  const event = {
    ...{ id: ID, pubkey: KEY, created_at: NOW_S - 5, kind: 1, sig: SIG },
    ...{
      tags: [
        ['p', KEY, 'wss://who.example'],
        ['t', 'gardening'],
      ],
      content: 'meet me at six 🌍',
    },
    ...more,
  };
  return JSON.stringify(['EVENT', event]);
}

const REQUEST = JSON.stringify([
  'REQ',
  'my-feed-of-alice',
  {
    authors: [KEY],
    '#e': [ID],
    '#t': ['gardening'],
    kinds: [1, 6],
    since: NOW_S - 3_600,
    limit: 20,
    search: 'two words',
  },
]);

describe('what is recorded by default', () => {
  test('holds no id, key, tag, name of a subscription, word or content', () => {
    const it = describer();
    const text = [eventMessage(), REQUEST, JSON.stringify(['CLOSE', 'my-feed-of-alice'])]
      .map((message) => lineOfStep({ ...it.describe(message, NOW_S), atUs: 1, connection: 0 }))
      .join('\n');
    for (const secret of [
      ID,
      KEY,
      ID.slice(0, 16),
      KEY.slice(0, 16),
      SIG.slice(0, 16),
      'gardening',
      'alice',
      'who.example',
      'meet',
      'two',
    ])
      expect(text).not.toContain(secret);
  });

  test('says of an event its kind, age, tags and length', () => {
    expect(describer().describe(eventMessage(), NOW_S)).toEqual({
      what: 'EVENT',
      event: {
        id: expect.stringMatching(/^[0-9a-f]{16}$/),
        pubkey: expect.stringMatching(/^[0-9a-f]{16}$/),
        kind: 1,
        created: -5,
        tags: [
          ['p', expect.stringMatching(/^[0-9a-f]{16}$/), expect.stringMatching(/^[0-9a-f]{16}$/)],
          ['t', expect.stringMatching(/^[0-9a-f]{16}$/)],
        ],
        bytes: Buffer.byteLength('meet me at six 🌍'),
      },
    });
  });

  test('says of a request what it asks, with times from now', () => {
    const mapped = expect.stringMatching(/^[0-9a-f]{16}$/);
    expect(describer().describe(REQUEST, NOW_S)).toEqual({
      what: 'REQ',
      subscription: 0,
      filters: [
        {
          authors: [mapped],
          kinds: [1, 6],
          since: -3_600,
          limit: 20,
          search: 2,
          tags: { e: [mapped], t: [mapped] },
        },
      ],
    });
  });

  test('the same key is the same in events, filters and addresses, and another under another hash', () => {
    const address = `30023:${KEY}:post`;
    const event = describer().describe(eventMessage({ tags: [['a', address]] }), NOW_S);
    const filter = describer().describe(REQUEST, NOW_S);
    const other = describer({ key: 'other' }).describe(eventMessage(), NOW_S);
    if (event.what !== 'EVENT' || filter.what !== 'REQ' || other.what !== 'EVENT') throw new Error('misread');
    const { pubkey } = event.event;
    expect(filter.filters[0]?.authors).toEqual([pubkey]);
    expect(event.event.tags[0]?.[1]).toMatch(new RegExp(`^30023:${pubkey}:[0-9a-f]{16}$`));
    expect(other.event.pubkey).not.toBe(pubkey);
  });

  test('an expiration is told from now, and a name of a tag that is text is mapped', () => {
    const tags = [['expiration', String(NOW_S + 60)], ['expiration', 'soon'], ['my own words', 'x'], ['-']];
    const event = describer().describe(eventMessage({ tags }), NOW_S);
    if (event.what !== 'EVENT') throw new Error('misread');
    const mapped = expect.stringMatching(/^[0-9a-f]{16}$/);
    expect(event.event.tags).toEqual([['expiration', '60'], ['expiration', mapped], [mapped, mapped], ['-']]);
  });
});

describe('subscriptions', () => {
  test('are numbered, and the id of one that was closed is a new one', () => {
    const it = describer();
    const numbers = ['REQ', 'COUNT', 'CLOSE', 'REQ'].map((verb) => {
      const said = it.describe(JSON.stringify([verb, 'a', ...(verb === 'CLOSE' ? [] : [{}])]), NOW_S);
      return 'subscription' in said ? said.subscription : null;
    });
    expect(numbers).toEqual([0, 0, 0, 1]);
  });
});

describe('answers', () => {
  const close = (it: MessageDescriber) => it.describe('["CLOSE","a"]', NOW_S);

  test('a CLOSE tells whether its client had the answer', () => {
    const it = describer();
    it.describe('["REQ","a",{}]', NOW_S);
    expect(close(it)).toMatchObject({ isAnswered: false });
    it.describe('["REQ","a",{}]', NOW_S);
    it.heard('["EOSE","a"]');
    expect(close(it)).toMatchObject({ isAnswered: true });
    it.describe('["REQ","a",{}]', NOW_S);
    it.heard('["CLOSED","a","error: no"]');
    expect(close(it)).toMatchObject({ isAnswered: true });
  });

  test('a client has all answers when nothing that it has sent is open', () => {
    const it = describer();
    it.describe(eventMessage(), NOW_S);
    it.describe('["COUNT","a",{}]', NOW_S);
    expect(it.isAnswered).toBe(false);
    it.heard(JSON.stringify(['OK', ID, true, '']));
    expect(it.isAnswered).toBe(false);
    it.heard('["COUNT","a",{"count":1}]');
    expect(it.isAnswered).toBe(true);
  });
});

describe('what is kept on request', () => {
  test('ids, keys and tags', () => {
    const event = describer({ ids: true }).describe(eventMessage(), NOW_S);
    expect(event).toMatchObject({
      event: {
        id: ID,
        pubkey: KEY,
        tags: [
          ['p', KEY, 'wss://who.example'],
          ['t', 'gardening'],
        ],
      },
    });
    expect(JSON.stringify(event)).not.toContain('meet');
  });

  test('content and searches', () => {
    const it = describer({ content: true });
    expect(it.describe(eventMessage(), NOW_S)).toMatchObject({ event: { content: 'meet me at six 🌍' } });
    expect(it.describe(REQUEST, NOW_S)).toMatchObject({ filters: [{ search: 'two words' }] });
    expect(JSON.stringify(it.describe(REQUEST, NOW_S))).not.toContain(KEY);
  });
});

describe('other messages', () => {
  test.each([
    ['["AUTH",{}]', { what: 'other', word: 'invalid' }],
    ['["NEG-OPEN","n",{},"6100"]', { what: 'other', word: 'NEG-OPEN' }],
    ['["SECRET","alice"]', { what: 'other', word: 'invalid' }],
    ['no json', { what: 'other', word: 'invalid' }],
  ])('%s', (text, said) => {
    expect(describer().describe(text, NOW_S)).toEqual(said);
  });

  test('an authentication is told without its event', () => {
    const auth = JSON.stringify(['AUTH', (JSON.parse(eventMessage()) as unknown[])[1]]);
    expect(describer().describe(auth, NOW_S)).toEqual({ what: 'AUTH' });
  });
});

describe('lines', () => {
  test.each([eventMessage(), REQUEST, '["CLOSE","a"]', '["COUNT","a",{"kinds":[1]}]', '["NEG-CLOSE","a"]'])(
    'are read as they were written: %s',
    (message) => {
      const step = { ...describer().describe(message, NOW_S), atUs: 17, connection: 3 };
      expect(parseStep(JSON.parse(lineOfStep(step)), 'here')).toEqual(JSON.parse(JSON.stringify(step)));
    },
  );

  test.each(['["open",-1,0]', '["REQ",1,2]', '["EVENT",1,2,{}]', '["drop",1,2]', '{}'])(
    '%s is none',
    (text) => {
      expect(() => parseStep(JSON.parse(text), 'line 2 of x')).toThrow('line 2 of x is no step of a trace');
    },
  );
});
