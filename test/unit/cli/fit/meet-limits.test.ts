import { describe, expect, it } from 'vitest';
import { meetLimits } from '../../../../src/cli/fit/meet-limits.ts';
import type { RelayInformation } from '../../../../src/nostr/nip11.ts';
import { EVERYTHING, samplePlan } from '../../../support/sample-plan.ts';

const { publish, subscribe, query } = EVERYTHING;
const counting = { count: { rate: '1/s', filters: [{ name: 'notes', filter: { kinds: [1] } }] } };

function met(workloads: object, information: RelayInformation | null): readonly string[] {
  return meetLimits({ plan: samplePlan({ workloads, corpus: { events: 500 } }), information });
}

/** Why the load is not offered at all. */
function refusal(workloads: object, limitation: RelayInformation['limitation'] & object): unknown {
  try {
    return met(workloads, { limitation });
  } catch (error) {
    return error;
  }
}

it('asks nothing of a relay that says nothing, or limits nothing', () => {
  expect(met(EVERYTHING, null)).toEqual([]);
  expect(met(EVERYTHING, {})).toEqual([]);
  const limitation = { max_subscriptions: 0, max_message_length: 0, max_limit: 0 };
  expect(met(EVERYTHING, { limitation })).toEqual([]);
});

describe('max_subscriptions', () => {
  it('is enough where no connection needs more at once', () => {
    expect(refusal(EVERYTHING, { max_subscriptions: 2 })).toEqual([]);
    const apart = {
      publish,
      subscribe: { ...subscribe, connections: 4 },
      query: { ...query, connections: 6 },
    };
    expect(refusal(apart, { max_subscriptions: 1 })).toEqual([]);
  });

  it('refuses a load that needs more, and says where and why', () => {
    expect(refusal(EVERYTHING, { max_subscriptions: 1 })).toMatchObject({
      code: 'SUBSCRIPTIONS_BEYOND_LIMIT',
      exitCode: 3,
      message:
        'connections 2 to 9 need 2 subscriptions at once (query, subscribe), and the relay takes 1 of a connection (max_subscriptions, NIP-11)',
      hint: expect.stringContaining('connections of their own'),
    });
  });
});

describe('max_message_length', () => {
  it('refuses events that are longer, and lets those pass that fit', () => {
    const large = { publish: { ...publish, contentBytes: 20_000 } };
    expect(refusal(large, { max_message_length: 16_384 })).toMatchObject({
      code: 'MESSAGE_BEYOND_LIMIT',
      exitCode: 3,
      message: expect.stringMatching(
        /^publish makes messages of 20[0-9]{3} bytes, and the relay takes 16384/,
      ),
      hint: expect.stringContaining('workloads.publish.contentBytes'),
    });
    expect(refusal(large, { max_message_length: 32_768 })).toEqual([]);
  });

  it('refuses filters that are longer', () => {
    const filters = [{ name: 'people', filter: { kinds: [1], authors: 100, limit: 10 } }];
    const asking = { publish: { ...publish, authors: 100 }, query: { rate: '1/s', filters } };
    expect(refusal(asking, { max_message_length: 4_096 })).toMatchObject({
      code: 'MESSAGE_BEYOND_LIMIT',
      message: expect.stringMatching(/^the filter people of query makes messages of 67[0-9]{2} bytes/),
    });
    expect(refusal(asking, { max_message_length: 8_192 })).toEqual([]);
  });
});

it('says which answers the relay cuts', () => {
  expect(met({ query }, { limitation: { max_limit: 5 } })).toEqual([
    'the relay cuts answers to 5 events (max_limit, NIP-11), fewer than feed (10) may ask for',
  ]);
  expect(met({ query }, { limitation: { max_limit: 10 } })).toEqual([]);
});

it('says which NIP is not listed, and nothing where the relay lists none at all', () => {
  expect(met(counting, { supported_nips: [1, 11] })).toEqual([
    'the relay does not list NIP-45, which count needs: it may answer nothing of it',
  ]);
  expect(met(counting, { supported_nips: [1, 45] })).toEqual([]);
  expect(met(counting, {})).toEqual([]);
});

describe('sorts of events', () => {
  const events = [
    { name: 'small' },
    { name: 'large', contentBytes: 20_000 },
    { name: 'most', contentBytes: 'limit' },
  ];
  const sorts = { publish: { ...publish, events } };

  it('are each within the longest message, and the one that goes up to it always is', () => {
    expect(refusal(sorts, { max_message_length: 16_384 })).toMatchObject({
      code: 'MESSAGE_BEYOND_LIMIT',
      message: expect.stringMatching(/^events large of publish makes messages of 20/) as string,
    });
    expect(refusal(sorts, { max_message_length: 30_000 })).toEqual([]);
  });

  it('are within the longest content', () => {
    expect(refusal(sorts, { max_content_length: 19_999 })).toMatchObject({
      code: 'MESSAGE_BEYOND_LIMIT',
      message: expect.stringContaining('contents of 20000 characters') as string,
    });
    expect(refusal(sorts, { max_content_length: 20_000 })).toEqual([]);
  });
});
