import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NostrEvent } from '../../src/nostr/event.ts';
import type { Filter } from '../../src/nostr/filter.ts';
import { arbitraryAnyFilter, arbitraryPool } from '../support/arbitrary-pool.ts';
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

type SomeEdge = Awaited<ReturnType<typeof someEdge>>;

/** Few filters, so that they are asked again. */
const arbitraryQuestions: fc.Arbitrary<Limited[]> = fc.array(
  fc.tuple(arbitraryAnyFilter, fc.integer({ min: 1, max: 6 })).map(([filter, limit]) => {
    const { ids, ...others } = filter;
    // Events that are asked for by id are answered each for itself: of several not all at the same moment.
    return ids === undefined ? { ...others, limit } : { ids: ids.slice(0, 1), limit };
  }),
  { minLength: 1, maxLength: 4 },
);

const arbitrarySteps: fc.Arbitrary<Step[]> = fc
  .tuple(arbitraryQuestions, arbitraryPool)
  .chain(([filters, pool]) =>
    fc.array(
      fc.oneof(
        { arbitrary: fc.constantFrom(...pool).map((event): Step => ({ type: 'publish', event })), weight: 4 },
        {
          arbitrary: fc.constantFrom(...filters).map((filter): Step => ({ type: 'ask', filter })),
          weight: 4,
        },
        {
          arbitrary: fc.constantFrom<Step>({ type: 'read' }, { type: 'send' }, { type: 'arrive' }),
          weight: 12,
        },
        { arbitrary: fc.constant<Step>({ type: 'cut' }), weight: 1 },
      ),
      { minLength: 50, maxLength: 120 },
    ),
  );

/** Everything that the origin holds and shows, newest first. */
async function contents({ store }: MemoryOrigin): Promise<NostrEvent[]> {
  const events = await store.query([{ limit: 1_000 }], { pubkeys: [] });
  return events.map(({ json }) => JSON.parse(json) as NostrEvent);
}

function expected(filter: Limited, events: readonly NostrEvent[]): string[] {
  return events
    .filter((event) => naiveMatches(filter, event))
    .slice(0, filter.limit)
    .map(({ id }) => id);
}

/** An edge and its origin, on whose connection everything moves step by step. */
class Interleaving {
  readonly #edge: SomeEdge;
  /** What the origin showed after each of its changes. */
  readonly #moments: NostrEvent[][] = [];
  readonly #checks: Promise<void>[] = [];
  /** The change of which the edge has heard last; while it catches up after a gap, the last before that. */
  #known = 0;

  constructor(edge: SomeEdge) {
    this.#edge = edge;
  }

  async run(steps: readonly Step[]): Promise<void> {
    const { clock, memory, origin } = this.#edge;
    clock.seconds = 110;
    memory.isHeld = true;
    await this.#note();
    for (const step of steps) {
      await this.#take(step);
      await settled();
      if (origin.isLive) this.#known = memory.heard;
    }
    memory.isHeld = false;
    memory.flow();
    const settledChecks = await Promise.allSettled(this.#checks);
    origin.close();
    for (const check of settledChecks) if (check.status === 'rejected') throw check.reason;
  }

  async #take(step: Step): Promise<void> {
    const { memory } = this.#edge;
    switch (step.type) {
      case 'publish':
        await memory.publish(step.event);
        await this.#note();
        break;
      case 'ask':
        this.#checks.push(this.#ask(step.filter));
        this.#checks.at(-1)?.catch(() => undefined);
        break;
      case 'read':
        await memory.takeUp();
        break;
      case 'send':
        memory.send();
        break;
      case 'arrive':
        memory.arrive();
        break;
      case 'cut':
        memory.cut();
        // It is connected again; whatever is said then is held.
        await delay(3);
    }
  }

  async #note(): Promise<void> {
    const { memory } = this.#edge;
    while (this.#moments.length <= memory.version) this.#moments.push(await contents(memory));
  }

  async #ask(filter: Limited): Promise<void> {
    const known = this.#known;
    const answer = await this.#edge.ids(filter);
    const possible = this.#moments.slice(known).map((events) => expected(filter, events));
    expect(possible).toContainEqual(answer);
  }
}

describe('an edge', () => {
  it('answers as the origin did at some moment between what it had heard and its answer, whatever comes in between', async () => {
    await fc.assert(
      fc.asyncProperty(arbitrarySteps, fc.boolean(), async (steps, reconciles) => {
        await new Interleaving(await someEdge({ times: { patienceMs: 60_000 }, reconciles })).run(steps);
      }),
      { numRuns: 200 },
    );
  });

  it('answers as the origin does once it has heard everything', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryPool.chain((pool) => fc.array(fc.constantFrom(...pool), { minLength: 8, maxLength: 30 })),
        fc.array(
          fc.array(
            fc
              .tuple(arbitraryAnyFilter, fc.integer({ min: 0, max: 8 }))
              .map(([f, limit]) => ({ ...f, limit })),
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
