import { describe, expect } from 'vitest';
import type { EventScript, KeptScript } from '../support/scripted-relay/script.ts';
import { truthCase } from './truth-case.ts';

/** Ten events of the same moment, twenty times a second, on four addresses: ties everywhere. */
const racing = {
  connections: { count: 10 },
  workloads: {
    publish: {
      rate: '200/s',
      arrivals: { pattern: 'burst', size: 10 },
      events: [
        { name: 'relay-list', kind: 10_002, authors: 1 },
        { name: 'article', kind: 30_023, authors: 3 },
      ],
    },
    survivors: { timeout: '2s' },
  },
};

const survivorCase = (
  title: string,
  versions: KeptScript['versions'],
  wrong: Readonly<Record<string, unknown>>,
  events: EventScript = {},
): void =>
  truthCase(title, {
    script: { events, queries: { kept: versions === undefined ? {} : { versions } } },
    scenario: racing,
    duration: '2s',
    always: (run) => {
      expect(run.result.counters).toMatchObject({
        events_sent: 400,
        survivors_checked: 4,
        survivors_unread: 0,
        survivors_wrong: wrong,
      });
    },
  });

describe('survivors', () => {
  survivorCase('a relay that keeps the newest, of one second the lowest id', 'newest', {});
  survivorCase('a relay that never replaces', undefined, { several: 4 });
  survivorCase('a relay that keeps what came first', 'first', { stale: 4 });
  // Where the writers of an address were late its last second has a single version, which is then the right one.
  survivorCase('a relay that keeps the highest id of a second', 'highest-id', {
    tie: expect.toSatisfy((ties: number) => ties >= 1 && ties <= 4),
  });
  survivorCase(
    'a relay that refuses some of the versions as older than what it has is taken at its word',
    'first',
    { stale: 4 },
    { reject: { every: 2, message: 'duplicate: have a newer one' } },
  );

  truthCase('a relay that keeps nothing', {
    script: { queries: {} },
    scenario: racing,
    duration: '1s',
    always: (run) => {
      expect(run.result.counters).toMatchObject({ survivors_checked: 4, survivors_wrong: { missing: 4 } });
    },
  });

  truthCase('a relay that does not answer has survivors that nobody knows, and none that is wrong', {
    script: { queries: { closed: { every: 1, message: 'restricted: no' } } },
    scenario: racing,
    duration: '1s',
    always: (run) => {
      expect(run.result.counters).toMatchObject({
        survivors_checked: 0,
        survivors_unread: 4,
        survivors_wrong: {},
      });
    },
  });
});
