import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseClientMessage } from '../../../src/nostr/client-message.ts';

const EVENT = {
  id: '1'.repeat(64),
  pubkey: 'a'.repeat(64),
  created_at: 1,
  kind: 1,
  tags: [],
  content: '',
  sig: '2'.repeat(128),
};

function parse(...message: readonly unknown[]) {
  return parseClientMessage(JSON.stringify(message));
}

describe('parsing a message of a client', () => {
  it('understands EVENT', () => {
    expect(parse('EVENT', EVENT)).toEqual({ type: 'EVENT', event: EVENT });
  });

  it.each(['REQ', 'COUNT'] as const)('understands %s with several filters', (type) => {
    const filters = [{ kinds: [1] }, { limit: 5 }];
    expect(parse(type, 'sub', ...filters)).toEqual({ type, subscriptionId: 'sub', filters });
  });

  it('understands CLOSE', () => {
    expect(parse('CLOSE', 'sub')).toEqual({ type: 'CLOSE', subscriptionId: 'sub' });
  });

  it('names the event of a malformed EVENT, so that it can be answered', () => {
    expect(parse('EVENT', { ...EVENT, kind: -1 })).toEqual({
      type: 'INVALID',
      problem: 'kind is not an integer in 0..65535',
      eventId: EVENT.id,
    });
  });

  it.each([
    ['of no text', { ...EVENT, id: 5 }],
    ['too long to send back', { ...EVENT, id: 'x'.repeat(65) }],
    ['of no object', 'event'],
  ])('does not name an id %s', (_name, value) => {
    const message = parse('EVENT', value);
    expect(message.type).toBe('INVALID');
    expect(message).not.toHaveProperty('eventId');
  });

  it('names the subscription of a malformed REQ, so that it can be closed', () => {
    expect(parse('REQ', 'sub', { kinds: 1 })).toMatchObject({ type: 'INVALID', subscriptionId: 'sub' });
    expect(parse('REQ', 'sub')).toEqual({
      type: 'INVALID',
      problem: 'REQ has no filter',
      subscriptionId: 'sub',
    });
  });

  it.each([
    ['empty', ''],
    ['too long', 'x'.repeat(65)],
  ])('refuses a subscription id that is %s, and names it', (_name, id) => {
    expect(parse('REQ', id, {})).toEqual({
      type: 'INVALID',
      problem: 'subscription id is not a string of 1..64 characters',
      subscriptionId: id,
    });
  });

  it('takes an id of 64 characters, of subscriptions and of malformed events, and not one more', () => {
    const longest = 'x'.repeat(64);
    expect(parse('REQ', longest, {})).toMatchObject({ type: 'REQ', subscriptionId: longest });
    expect(parse('CLOSE', longest)).toEqual({ type: 'CLOSE', subscriptionId: longest });
    expect(parse('CLOSE', `${longest}x`)).toMatchObject({ type: 'INVALID' });
    expect(parse('EVENT', { ...EVENT, id: longest })).toMatchObject({ type: 'INVALID', eventId: longest });
  });

  it.each([
    ['no JSON', '{', 'message is not a JSON array'],
    ['nothing', '', 'message is not a JSON array'],
    ['an object', '{}', 'message is not a JSON array'],
    ['an empty array', '[]', 'message type is not supported'],
    ['an unknown type', '["NOPE","x"]', 'message type is not supported'],
    ['a name of Object as type', '["constructor"]', 'message type is not supported'],
    ['a REQ whose id is a number', '["REQ",5,{}]', 'subscription id is not a string of 1..64 characters'],
    ['a CLOSE without id', '["CLOSE"]', 'subscription id is not a string of 1..64 characters'],
  ])('refuses %s', (_name, text, problem) => {
    expect(parseClientMessage(text)).toEqual({ type: 'INVALID', problem });
  });

  it('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseClientMessage(text)));
    const types = fc.constantFrom('EVENT', 'REQ', 'CLOSE', 'COUNT');
    fc.assert(fc.property(types, fc.array(fc.jsonValue()), (type, rest) => void parse(type, ...rest)));
  });
});

describe('parsing a message of a reconciliation (NIP-77)', () => {
  it.each([
    [
      '["NEG-OPEN","n",{"kinds":[1]},"6100"]',
      { type: 'NEG-OPEN', subscriptionId: 'n', filter: { kinds: [1] }, message: Buffer.from([0x61, 0]) },
    ],
    ['["NEG-MSG","n","61FF"]', { type: 'NEG-MSG', subscriptionId: 'n', message: Buffer.from([0x61, 0xff]) }],
    ['["NEG-CLOSE","n"]', { type: 'NEG-CLOSE', subscriptionId: 'n' }],
  ])('reads %s', (text, message) => {
    expect(parseClientMessage(text)).toEqual(message);
  });

  it.each([
    ['["NEG-OPEN","n",{"kinds":1},"61"]', 'filter field kinds is not a list of integers in 0..65535'],
    ['["NEG-OPEN","n",{}]', 'message is not hex'],
    ['["NEG-OPEN","n",{},"61f"]', 'message is not hex'],
    ['["NEG-MSG","n","zz"]', 'message is not hex'],
  ])('refuses %s', (text, problem) => {
    expect(parseClientMessage(text)).toEqual({ type: 'INVALID', problem, reconciliationId: 'n' });
  });

  it.each(['["NEG-OPEN"]', '["NEG-MSG",1,"61"]', '["NEG-CLOSE",""]'])('refuses %s without an id', (text) => {
    expect(parseClientMessage(text)).toMatchObject({
      type: 'INVALID',
      problem: expect.stringMatching(/^subscription id is not/),
    });
  });
});
