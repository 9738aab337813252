import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRelayMessage, prefixOf } from '../../../src/nostr/relay-message.ts';

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
  return parseRelayMessage(JSON.stringify(message));
}

describe('parsing a message of a relay', () => {
  it.each([
    [['EVENT', 's', EVENT], { type: 'EVENT', subscriptionId: 's', event: EVENT }],
    [['OK', 'id', true, ''], { type: 'OK', eventId: 'id', accepted: true, message: '' }],
    [['OK', 'id', false, 'pow: x'], { type: 'OK', eventId: 'id', accepted: false, message: 'pow: x' }],
    [['OK', 'id', true], { type: 'OK', eventId: 'id', accepted: true, message: '' }],
    [['OK', 'id', true, null], { type: 'OK', eventId: 'id', accepted: true, message: '' }],
    [['EOSE', 's'], { type: 'EOSE', subscriptionId: 's' }],
    [['CLOSED', 's', 'error: x'], { type: 'CLOSED', subscriptionId: 's', message: 'error: x' }],
    [['CLOSED', 's'], { type: 'CLOSED', subscriptionId: 's', message: '' }],
    [['NOTICE', 'hello'], { type: 'NOTICE', message: 'hello' }],
    [['NOTICE', { not: 'text' }], { type: 'NOTICE', message: '' }],
    [['AUTH', 'challenge'], { type: 'AUTH', challenge: 'challenge' }],
    [['COUNT', 's', { count: 3 }], { type: 'COUNT', subscriptionId: 's', count: 3, isApproximate: false }],
    [
      ['COUNT', 's', { count: 3, approximate: true }],
      { type: 'COUNT', subscriptionId: 's', count: 3, isApproximate: true },
    ],
    [
      ['COUNT', 's', { count: 3, hll: '00' }],
      { type: 'COUNT', subscriptionId: 's', count: 3, isApproximate: true },
    ],
    [['NEG-MSG', 's', '61Ff'], { type: 'NEG-MSG', subscriptionId: 's', payload: Buffer.from([0x61, 0xff]) }],
    [['NEG-ERR', 's', 'blocked: x', 5], { type: 'NEG-ERR', subscriptionId: 's', message: 'blocked: x' }],
  ])('understands %j', (message, expected) => {
    expect(parse(...message)).toEqual(expected);
  });

  it.each([
    [['EOSE', 's', ['finish']], { type: 'EOSE', subscriptionId: 's' }],
    [['OK', 'id', true, '', 1, 2], { type: 'OK', eventId: 'id', accepted: true, message: '' }],
    [['EVENT', 's', EVENT, 'more'], { type: 'EVENT', subscriptionId: 's', event: EVENT }],
    [['NOTICE', 'x', 'y'], { type: 'NOTICE', message: 'x' }],
  ])('accepts more elements than it knows: %j', (message, expected) => {
    expect(parse(...message)).toEqual(expected);
  });

  it.each([
    [['EVENT', 5, EVENT], 'EVENT without a subscription id'],
    [['EVENT', 's', { ...EVENT, kind: 'x' }], 'EVENT: kind is not an integer in 0..65535'],
    [['OK', 'id'], 'OK without id and boolean'],
    [['OK', 'id', 'true', ''], 'OK without id and boolean'],
    [['EOSE'], 'EOSE without a subscription id'],
    [['CLOSED'], 'CLOSED without a subscription id'],
    [['AUTH'], 'AUTH without a challenge'],
    [['COUNT', 's', null], 'COUNT without a number'],
    [['COUNT', 's', { count: 'x' }], 'COUNT without a number'],
    [['NEG-MSG', 5, '61'], 'NEG-MSG without a subscription id'],
    [['NEG-MSG', 's', '6'], 'NEG-MSG without a message in hex'],
    [['NEG-MSG', 's', ''], 'NEG-MSG without a message in hex'],
    [['NEG-ERR'], 'NEG-ERR without a subscription id'],
    [['SOMETHING', 'else'], 'message type is unknown'],
    [['constructor'], 'message type is unknown'],
    [[], 'message type is unknown'],
  ])('refuses %j', (message, problem) => {
    expect(parse(...message)).toEqual({ type: 'INVALID', problem });
  });

  it.each(['', '{', 'null', '{}', '"OK"', '5'])('refuses %j', (text) => {
    expect(parseRelayMessage(text)).toEqual({ type: 'INVALID', problem: 'message is not a JSON array' });
  });

  it('survives nesting as deep as a message can carry', () => {
    const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(parseRelayMessage(nested).type).toBe('INVALID');
    expect(parseRelayMessage(`["NOTICE",${nested}]`)).toEqual({ type: 'NOTICE', message: '' });
    expect(parseRelayMessage(`["EVENT","s",${nested}]`).type).toBe('INVALID');
  });

  it('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseRelayMessage(text)));
    const types = fc.constantFrom(
      'EVENT',
      'OK',
      'EOSE',
      'CLOSED',
      'NOTICE',
      'AUTH',
      'COUNT',
      'NEG-MSG',
      'NEG-ERR',
    );
    fc.assert(fc.property(types, fc.array(fc.jsonValue()), (type, rest) => void parse(type, ...rest)));
  });
});

describe('the prefix of a message', () => {
  it.each([
    ['duplicate: have it', 'duplicate'],
    ['rate-limited: slow down', 'rate-limited'],
    ['auth-required: do', 'auth-required'],
    ['replaced: have newer event', 'replaced'],
    ['ERROR: bad req: x', 'error'],
    ['  blocked: x', 'blocked'],
    ['invalid:', 'invalid'],
    ['', 'other'],
    ['no prefix here', 'other'],
    ['two words: x', 'other'],
    [': x', 'other'],
    ['5: x', 'other'],
    [`${'x'.repeat(33)}: y`, 'other'],
    [`${'x'.repeat(32)}: y`, 'x'.repeat(32)],
    ['<b>: x', 'other'],
    ['\u001b[31mred: x', 'other'],
  ])('of %j is %s', (message, expected) => {
    expect(prefixOf(message)).toBe(expected);
  });
});
