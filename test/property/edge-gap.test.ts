import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NostrEvent } from '../../src/nostr/event.ts';
import type { Filter } from '../../src/nostr/filter.ts';
import { compareNewestFirst } from '../../src/nostr/kinds.ts';
import type { HeldCoverage } from '../../src/relay/edge/coverage-table.ts';
import { arbitraryAnyFilter, arbitraryPool } from '../support/arbitrary-pool.ts';
import { eventually } from '../support/eventually.ts';
import { naiveMatches } from '../support/naive-store.ts';
import { someEdge } from '../support/some-edge.ts';

type Limited = Filter & { limit: number };
type SomeEdge = Awaited<ReturnType<typeof someEdge>>;

/** Somebody who has asked for what is stored, and listens from then on. */
interface Subscriber {
  readonly filter: Limited;
  readonly stored: readonly string[];
  /** How many events had been told before. */
  readonly from: number;
}

/** What an origin does with reconciliations (NIP-77). */
interface Origin {
  readonly name: string;
  /** What its document says. */
  readonly reconciles: boolean;
  readonly refusal?: (filter: Filter) => string | null;
}

const ORIGINS: readonly Origin[] = [
  { name: 'reconciles', reconciles: true },
  { name: 'does not speak NIP-77', reconciles: false },
  {
    name: 'refuses some',
    reconciles: true,
    refusal: ({ kinds }) => (kinds === undefined ? 'blocked: x' : null),
  },
  { name: 'refuses all', reconciles: true, refusal: () => 'blocked: too many events' },
  { name: 'says that it reconciles and never answers', reconciles: true, refusal: () => '' },
];

interface Case {
  readonly origin: Origin;
  readonly pool: readonly NostrEvent[];
  readonly filters: readonly Limited[];
  /** Numbers in the pool: published before the edge came, while it listened, in the gap, and after it. */
  readonly published: readonly (readonly number[])[];
  readonly maxLimit: number;
  /** All events are of about second 100: whether the gap is then too. */
  readonly isRecent: boolean;
}

const arbitraryCase: fc.Arbitrary<Case> = fc.record({
  origin: fc.constantFrom(...ORIGINS),
  pool: arbitraryPool,
  filters: fc.array(
    fc
      .tuple(arbitraryAnyFilter, fc.integer({ min: 1, max: 20 }))
      .map(([filter, limit]) => ({ ...filter, limit })),
    { minLength: 1, maxLength: 4 },
  ),
  published: fc.array(fc.array(fc.nat(9), { maxLength: 8 }), { minLength: 4, maxLength: 4 }),
  maxLimit: fc.constantFrom(3, 500),
  isRecent: fc.boolean(),
});

/** An edge over a gap, told step by step. */
class Gap {
  readonly #case: Case;
  readonly #edge: SomeEdge;
  /** How often the origin has taken an event. */
  readonly #taken = new Map<string, number>();
  readonly subscribers: Subscriber[] = [];
  /** Taken in the gap, and what the edge held before. */
  #missed: readonly string[] = [];
  #held: readonly HeldCoverage[] = [];

  constructor(case_: Case, edge: SomeEdge) {
    this.#case = case_;
    this.#edge = edge;
  }

  /** @returns the ids of what was taken */
  async publish(part: number): Promise<string[]> {
    const { pool, published } = this.#case;
    const taken: string[] = [];
    for (const number of published[part] ?? []) {
      const event = pool[number] as NostrEvent;
      if ((await this.#edge.memory.publish(event)) !== 'stored') continue;
      this.#taken.set(event.id, this.takenOf(event.id) + 1);
      taken.push(event.id);
    }
    return taken;
  }

  async subscribe(): Promise<void> {
    for (const filter of this.#case.filters) {
      const from = this.#edge.told.length;
      this.subscribers.push({ filter, stored: await this.#edge.ids(filter), from });
    }
  }

  async leaveAndReturn(): Promise<void> {
    const { memory, origin } = this.#edge;
    memory.isAway = true;
    memory.cut();
    this.#held = this.#edge.table.held();
    this.#missed = await this.publish(2);
    memory.isAway = false;
    await eventually('the origin is back', () => origin.isLive, { everyMs: 1 });
  }

  takenOf(id: string): number {
    return this.#taken.get(id) ?? 0;
  }

  /** What a subscriber has, in the order in which it came. */
  gotOf({ filter, stored, from }: Subscriber): string[] {
    const live = this.#edge.told.slice(from).filter((id) => this.matches(filter, id));
    return [...stored, ...live];
  }

  /** What a subscriber must have been told after the gap, of what is there. */
  owedTo({ filter }: Subscriber, there: ReadonlySet<string>): string[] {
    const { origin, maxLimit, isRecent } = this.#case;
    // One second of this load is more than an answer may hold.
    if (maxLimit < 10 && origin.name !== 'reconciles') return [];
    return this.#missed.filter(
      (id) => there.has(id) && this.matches(filter, id) && (isRecent || this.#isCovered(id)),
    );
  }

  matches(filter: Filter, id: string): boolean {
    return naiveMatches(filter, this.#eventOf(id));
  }

  /** Everything that the origin shows. */
  async there(): Promise<Set<string>> {
    const events = await this.#edge.memory.store.query([{ limit: 500 }], { pubkeys: [] });
    return new Set(events.map(({ id }) => id));
  }

  #isCovered(id: string): boolean {
    const event = this.#eventOf(id);
    return this.#held.some(
      ({ filter, floor }) =>
        filter.ids === undefined &&
        naiveMatches(filter, event) &&
        (floor === null || compareNewestFirst(event, floor) <= 0),
    );
  }

  #eventOf(id: string): NostrEvent {
    return this.#case.pool.find((each) => each.id === id) as NostrEvent;
  }

  async stored(filter: Limited): Promise<string[]> {
    const limit = Math.min(filter.limit, this.#case.maxLimit);
    const events = await this.#edge.memory.store.query([{ ...filter, limit }], { pubkeys: [] });
    return events.map(({ id }) => id);
  }
}

async function over(case_: Case): Promise<{ readonly gap: Gap; readonly edge: SomeEdge }> {
  const { origin, maxLimit, isRecent } = case_;
  const isSilent = origin.refusal?.({}) === '';
  const edge = await someEdge({
    ...{ maxLimit, reconciles: origin.reconciles, seconds: isRecent ? 110 : 1_000 },
    times: isSilent ? { roundMs: 1 } : {},
  });
  edge.memory.refusal = origin.refusal ?? null;
  return { gap: new Gap(case_, edge), edge };
}

/** An answer comes after everything that was said before it. */
async function heard({ origin }: SomeEdge): Promise<void> {
  await origin.count([{}]);
}

describe('an edge after a gap', () => {
  it('has told its subscribers of everything, once, and answers as the origin does', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryCase, async (each) => {
        const { gap, edge } = await over(each);
        await gap.publish(0);
        await gap.subscribe();
        await gap.publish(1);
        await heard(edge);
        await gap.leaveAndReturn();
        await gap.publish(3);
        await heard(edge);
        for (const subscriber of gap.subscribers) {
          const got = gap.gotOf(subscriber);
          for (const id of got) {
            const times = got.filter((other) => other === id).length;
            expect(times, `${id} told ${times} times`).toBeLessThanOrEqual(gap.takenOf(id));
          }
          const { filter } = subscriber;
          const now = await gap.stored(filter);
          expect(got).toEqual(expect.arrayContaining(gap.owedTo(subscriber, await gap.there())));
          expect(await edge.ids({ ...filter, limit: Math.min(filter.limit, each.maxLimit) })).toEqual(now);
        }
        edge.origin.close();
      }),
      { numRuns: 200 },
    );
  });
});
