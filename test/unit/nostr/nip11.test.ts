import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRelayInformation } from '../../../src/nostr/nip11.ts';

describe('reading an information document', () => {
  it('keeps the known fields', () => {
    const document = {
      name: 'relay',
      description: 'd',
      pubkey: 'p',
      contact: 'c',
      software: 's',
      version: '1',
      supported_nips: [1, 11],
      limitation: { max_limit: 5, auth_required: true, max_filters: 10 },
    };
    expect(parseRelayInformation(JSON.stringify(document))).toEqual(document);
  });

  it('leaves out what it does not know and what has another type than expected', () => {
    const document = {
      name: 5,
      software: ['x'],
      icon: 'x',
      supported_nips: [1, '2', null, 1.5, 40],
      limitation: { max_limit: '5', auth_required: 1, other: 1, max_subscriptions: 3 },
    };
    expect(parseRelayInformation(JSON.stringify(document))).toEqual({
      supported_nips: [1, 40],
      limitation: { max_subscriptions: 3 },
    });
  });

  it('accepts an empty document', () => {
    expect(parseRelayInformation('{}')).toEqual({});
  });

  it.each(['', 'null', '[]', '"x"', '<html>'])('takes %j as no document', (text) => {
    expect(parseRelayInformation(text)).toBeNull();
  });

  it('is not misled by __proto__', () => {
    const information = parseRelayInformation(
      '{"__proto__":{"name":"x"},"limitation":{"__proto__":{"max_limit":1}}}',
    );
    expect(information).toEqual({ limitation: {} });
    expect(information?.name).toBeUndefined();
  });

  it('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseRelayInformation(text)));
  });
});
