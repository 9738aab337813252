import { expect, it } from 'vitest';
import { matches, type WireEvent } from '../../../support/scripted-relay/filter.ts';

const event: WireEvent = {
  id: 'i',
  pubkey: 'p',
  kind: 1,
  created_at: 100,
  tags: [
    ['t', 'topic-1', 'x'],
    ['e', 'q'],
  ],
};

it.each([
  [{}, true],
  [{ ids: ['i'] }, true],
  [{ ids: ['j'] }, false],
  [{ authors: ['o', 'p'], kinds: [1] }, true],
  [{ authors: ['p'], kinds: [2] }, false],
  [{ '#t': ['topic-1'] }, true],
  [{ '#t': ['x'] }, false],
  [{ '#q': ['topic-1'] }, false],
  [{ since: 100, until: 100 }, true],
  [{ since: 101 }, false],
  [{ until: 99 }, false],
  [{ limit: 0 }, true],
])('the scripted relay matches %j: %s', (filter, expected) => {
  expect(matches(filter, event)).toBe(expected);
});
