import { describe, expect, it } from 'vitest';
import { type Enforced, enforcedUnadvertised } from '../../../src/judge/unadvertised.ts';

const NOTHING: Enforced = {
  events_rejected: {},
  close_codes: {},
  events_retried_after_auth: 0,
  queries_retried_after_auth: 0,
  subscriptions_retried_after_auth: 0,
};

const kinds = (told: Parameters<typeof enforcedUnadvertised>[0], seen: Partial<Enforced>): unknown =>
  enforcedUnadvertised(told, { ...NOTHING, ...seen }).map(({ kind, count }) => [kind, count]);

describe('what a relay enforces and does not tell', () => {
  it('is work that it asks for', () => {
    const seen = { events_rejected: { pow: 7 } };
    expect(kinds({}, seen)).toEqual([['work-not-advertised', 7]]);
    expect(kinds({ limitation: { min_pow_difficulty: 0 } }, seen)).toEqual([['work-not-advertised', 7]]);
    expect(kinds({ limitation: { min_pow_difficulty: 20 } }, seen)).toEqual([]);
  });

  it('is the length of messages', () => {
    const seen = { close_codes: { 1009: 2 } };
    expect(kinds({ limitation: {} }, seen)).toEqual([['length-not-advertised', 2]]);
    expect(kinds({ limitation: { max_message_length: 65_536 } }, seen)).toEqual([]);
  });

  it('is an AUTH that it demands', () => {
    const seen = { events_retried_after_auth: 3, queries_retried_after_auth: 1 };
    expect(kinds({ supported_nips: [1, 11] }, seen)).toEqual([['auth-not-advertised', 4]]);
    expect(kinds({ supported_nips: [1, 11, 42] }, seen)).toEqual([]);
    // It lists nothing at all.
    expect(kinds({}, seen)).toEqual([]);
  });

  it('is nothing where it enforces nothing, or has no document', () => {
    expect(kinds({}, {})).toEqual([]);
    expect(kinds(null, { events_rejected: { pow: 7 } })).toEqual([]);
  });
});
