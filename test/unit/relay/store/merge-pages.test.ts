import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareNewestFirst } from '../../../../src/nostr/kinds.ts';
import { mergePages } from '../../../../src/relay/store/merge-pages.ts';
import type { AnswerPage } from '../../../../src/relay/store/store.ts';
import type { StoredEvent } from '../../../../src/relay/store/stored-event.ts';
import { someStored } from '../../../support/stored-event.ts';

const EVENTS = Array.from({ length: 30 }, (_, i) => someStored({ created_at: Math.floor(i / 3) })).sort(
  compareNewestFirst,
);

function paged(
  events: readonly StoredEvent[],
  length: number,
  state: { read: number },
): AsyncGenerator<AnswerPage> {
  return (async function* () {
    for (let at = 0; at < events.length; at += length) {
      state.read++;
      yield { events: events.slice(at, at + length), heldBytes: 1 };
    }
  })();
}

async function collect(pages: AsyncIterable<AnswerPage>): Promise<StoredEvent[]> {
  const all: StoredEvent[] = [];
  for await (const { events } of pages) all.push(...events);
  return all;
}

describe('pages of several answers', () => {
  it('are merged to each event once, newest first', async () => {
    const answers = fc.array(fc.tuple(fc.subarray(EVENTS), fc.integer({ min: 1, max: 7 })), { maxLength: 5 });
    const check = async (cases: [StoredEvent[], number][]): Promise<void> => {
      const state = { read: 0 };
      const merged = await collect(mergePages(cases.map(([events, length]) => paged(events, length, state))));
      const expected = EVENTS.filter((event) => cases.some(([events]) => events.includes(event)));
      expect(merged.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    };
    await fc.assert(fc.asyncProperty(answers, check), { numRuns: 300 });
  });

  it('are read one ahead of who takes them, and no more once nobody does', async () => {
    const state = { read: 0 };
    const pages = mergePages([paged(EVENTS, 2, state), paged(EVENTS, 2, state)]);
    await pages.next();
    expect(state.read).toBe(2);
    await pages.return(undefined);
    expect(state.read).toBe(2);
  });
});
