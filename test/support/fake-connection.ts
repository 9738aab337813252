import type { ReadConnection } from '../../src/audit/read-connection.ts';
import type { AskedRelay } from '../../src/audit/relays.ts';
import type { NostrEvent } from '../../src/nostr/event.ts';

/** A relay that is asked without a connection: it answers as it is told, has no events, counts none and takes every event. */
export function fakeRelay(answers: Partial<ReadConnection>, name = 'ws://fake/'): AskedRelay {
  const nothing: readonly NostrEvent[] = [];
  return {
    name,
    connection: {
      find: () => Promise.resolve(new Set()),
      query: () => Promise.resolve(nothing),
      count: () => Promise.resolve({ count: 0, isApproximate: false }),
      publish: () => Promise.resolve({ accepted: true, message: '' }),
      close: () => undefined,
      ...answers,
    },
  };
}
