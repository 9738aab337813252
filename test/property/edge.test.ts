import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NostrEvent } from '../../src/nostr/event.ts';
import type { Filter } from '../../src/nostr/filter.ts';
import { arbitraryFilter, arbitraryRelayEvent } from '../support/arbitrary-events.ts';
import type { MemoryOrigin } from '../support/memory-origin.ts';
import { naiveMatches } from '../support/naive-store.ts';
import { settled } from '../support/relay-work.ts';
import { someEdge } from '../support/some-edge.ts';

type Limited = Filter & { limit: number };

/** What happens next: to the origin, to the edge, or to what is on its way between them. */
type Step =
  | { readonly type: 'publish'; readonly event: NostrEvent }
  | { readonly type: 'ask'; readonly filter: Limited }
  /** The origin reads the answer to a question; sends one that it has read; the edge hears a message. */
  | { readonly type: 'read' | 'send' | 'arrive' | 'cut' };

/** A question to the edge, and how much the edge had heard then. */
interface Asked {
  readonly filter: Limited;
  readonly heard: number;
  readonly answer: Promise<readonly string[]>;
}

/** Few filters, so that they are asked again. */
const arbitraryQuestions: fc.Arbitrary<Limited[]> = fc.array(
  fc.tuple(arbitraryFilter, fc.integer({ min: 1, max: 6 })).map(([filter, limit]) => {
    const { ids, ...others } = filter;
    // Events that are asked for by id are answered each for itself: of several not all at the same moment.
    return ids === undefined ? { ...others, limit } : { ids: ids.slice(0, 1), limit };
  }),
  { minLength: 1, maxLength: 4 },
);

const arbitrarySteps: fc.Arbitrary<Step[]> = arbitraryQuestions.chain((filters) =>
  fc.array(
    fc.oneof(
      { arbitrary: arbitraryRelayEvent.map((event): Step => ({ type: 'publish', event: withRelay(event) })), weight: 4 },
      { arbitrary: fc.constantFrom(...filters).map((filter): Step => ({ type: 'ask', filter })), weight: 4 },
      { arbitrary: fc.constantFrom<Step>({ type: 'read' }, { type: 'send' }, { type: 'arrive' }), weight: 12 },
      { arbitrary: fc.constant<Step>({ type: 'cut' }), weight: 1 },
    ),
    { maxLength: 80 },
  ),
);

/** The origin obeys every request to vanish. */
function withRelay(event: NostrEvent): NostrEvent {
  return event.kind === 62 ? { ...event, tags: [['relay', 'ALL_RELAYS'], ...event.tags] } : event;
}

/** Everything that the origin holds and shows, newest first. */
async function contents({ store }: MemoryOrigin): Promise<NostrEvent[]> {
  const events = await store.query([{ limit: 1_000 }], { pubkeys: [] });
  return events.map(({ json }) => JSON.parse(json) as NostrEvent);
}

function expected(filter: Limited, events: readonly NostrEvent[]): string[] {
  return events.filter((event) => naiveMatches(filter, event)).slice(0, filter.limit).map(({ id }) => id);
}

describe('an edge', () => {
  it('answers as the origin did at some moment between what it had heard and its answer, whatever comes in between', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrarySteps, async (steps) => {
        const { clock, memory, origin, ids } = await someEdge({ times: { patienceMs: 60_000 } });
        clock.seconds = 110;
        memory.isHeld = true;
        const moments: NostrEvent[][] = [await contents(memory)];
        const begun = new Set<Asked>();
        const checks: Promise<void>[] = [];
        const ask = (filter: Limited): void => {
          const asked: Asked = { filter, heard: memory.heard, answer: ids(filter) };
          begun.add(asked);
          checks.push(
            asked.answer.then((answer) => {
              const possible = moments.slice(asked.heard).map((events) => expected(filter, events));
              expect(possible).toContainEqual(answer);
            }),
          );
        };
        for (const step of steps) {
          if (step.type === 'publish') {
            await memory.publish(step.event);
            while (moments.length <= memory.version) moments.push(await contents(memory));
          } else if (step.type === 'ask') ask(step.filter);
          else if (step.type === 'read') await memory.takeUp();
          else if (step.type === 'send') memory.send();
          else if (step.type === 'arrive') memory.arrive();
          else {
            memory.cut();
            // It is connected again; whatever is said then is held.
            await delay(3);
          }
          await settled();
        }
        memory.isHeld = false;
        memory.flow();
        await Promise.all(checks);
        origin.close();
      }),
      { numRuns: 150 },
    );
  });

  it('answers as the origin does once it has heard everything', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryRelayEvent.map(withRelay), { maxLength: 40 }),
        fc.array(
          fc.array(
            fc.tuple(arbitraryFilter, fc.integer({ min: 0, max: 8 })).map(([f, limit]) => ({ ...f, limit })),
            { minLength: 1, maxLength: 3 },
          ),
          { minLength: 1, maxLength: 4 },
        ),
        fc.constantFrom(3, 500),
        async (events, requests, maxLimit) => {
          const { clock, memory, origin, ids } = await someEdge({ maxLimit });
          clock.seconds = 110;
          for (const event of events) {
            for (const filters of requests) await ids(...filters);
            await memory.publish(event);
          }
          // An answer comes after everything that was said before it.
          await origin.count([{}]);
          for (const filters of requests) {
            const limited = filters.map((filter) => ({ ...filter, limit: Math.min(filter.limit, maxLimit) }));
            const answer = await memory.store.query(limited, { pubkeys: [] });
            expect(await ids(...filters)).toEqual(answer.map(({ id }) => id));
          }
          origin.close();
        },
      ),
      { numRuns: 60 },
    );
  });
});
