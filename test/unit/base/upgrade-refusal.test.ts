import { describe, expect, it } from 'vitest';
import { refusedUpgrades, upgradeHint } from '../../../src/base/upgrade-refusal.ts';

describe('the hint for a refused upgrade', () => {
  it.each([
    [200, /not a relay/],
    [302, /redirects are not followed/],
    [400, /path and port/],
    [401, /credentials/],
    [403, /refuses this client/],
    [404, /no relay at this path/],
    [418, /refuses the upgrade/],
    [429, /connections\.rate/],
    [502, /start the relay/],
    [503, /overloaded/],
    [599, /its log/],
  ])('of status %i fits its cause', (status, hint) => {
    expect(upgradeHint({ status })).toMatch(hint);
  });

  it('names where a redirect points, as a WebSocket address', () => {
    const location = 'https://relay.example/nostr';
    expect(upgradeHint({ status: 308, location })).toContain('wss://relay.example/nostr');
  });

  it('says how long the server asks to wait', () => {
    expect(upgradeHint({ status: 429, retryAfter: '7' })).toContain('in 7 s');
    const date = 'Wed, 21 Oct 2026 07:28:00 GMT';
    expect(upgradeHint({ status: 503, retryAfter: date })).toContain(`after ${date}`);
  });
});

describe('upgrades that were refused during a run', () => {
  it('are one sentence a status; other errors have none', () => {
    const errors = { 'http 429': 12, 'http 503': 1, ECONNREFUSED: 3, constructor: 1 };
    const known = new Map([[429, { status: 429, retryAfter: '9' }]]);
    expect(refusedUpgrades(errors, known)).toEqual([
      expect.stringMatching(/^12 connections were answered with HTTP status 429: .*in 9 s$/),
      expect.stringMatching(/^one connection was answered with HTTP status 503: .*overloaded/),
    ]);
  });
});
