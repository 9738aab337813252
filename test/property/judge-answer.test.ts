import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { CorpusIndex } from '../../src/corpus/index/corpus-index.ts';
import { NOTHING_ADVERTISED } from '../../src/judge/advertised.ts';
import { type AnswerJudgement, judgeAnswer } from '../../src/judge/answer.ts';
import type { Knowledge } from '../../src/judge/knowledge.ts';
import type { NostrEvent } from '../../src/nostr/event.ts';
import type { Filter } from '../../src/nostr/filter.ts';
import { arbitraryEvent, arbitraryFilter } from '../support/arbitrary-events.ts';
import { NaiveStore } from '../support/naive-store.ts';

vi.setConfig({ testTimeout: 120_000 });

const kindOf = (kinds: readonly number[]) =>
  fc
    .tuple(arbitraryEvent, fc.constantFrom(...kinds))
    .map(([event, kind]): NostrEvent => ({ ...event, kind }));
const events = fc
  .array(fc.oneof(kindOf([1, 7]), kindOf([0, 10_002]), kindOf([5])), { minLength: 5, maxLength: 30 })
  .map(distinct);
/** Few conditions, so that something matches. */
const filters = fc
  .tuple(arbitraryFilter, fc.nat(8), fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }))
  .map(([filter, kept, limit]): Filter => {
    const some = Object.fromEntries(Object.entries(filter).filter((_, i) => i === kept));
    return limit === undefined ? some : { ...some, limit };
  });

/** Events of which no two have one id, as in a corpus. */
function distinct(all: readonly NostrEvent[]): NostrEvent[] {
  return [...new Map([...all].reverse().map((event) => [event.id, event])).values()].reverse();
}

function indexOf(corpus: readonly NostrEvent[]): CorpusIndex {
  const index = new CorpusIndex();
  for (const event of corpus) index.add(event);
  return index;
}

/** What a relay by the plain rules answers after these events came in this order. */
function answerOf(published: readonly NostrEvent[], corpus: readonly NostrEvent[], filter: Filter) {
  const store = new NaiveStore();
  for (const event of published) store.add(event);
  const ids = store.query([{ limit: 5_000, ...filter }]);
  return ids.map((id) => corpus.find((event) => event.id === id) as NostrEvent);
}

function knowing(changes: Partial<Knowledge>): Knowledge {
  return {
    certainBelow: 0,
    sentBelow: 0,
    isFresh: true,
    failed: new Set(),
    isComplete: true,
    advertised: NOTHING_ADVERTISED,
    ...changes,
  };
}

function expectRight({ wrong, short, findings }: AnswerJudgement): void {
  expect({ wrong, short, findings }).toEqual({ wrong: null, short: null, findings: [] });
}

test('no right answer is called wrong, whichever of the events under way the relay had already', () => {
  fc.assert(
    fc.property(
      events,
      filters,
      fc.nat(30),
      fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }),
      (corpus, filter, at, hasCome) => {
        const certainBelow = at % (corpus.length + 1);
        const sentBelow = Math.min(corpus.length, certainBelow + 6);
        const published = corpus.filter(
          (_, number) => number < certainBelow || (number < sentBelow && hasCome[number] === true),
        );
        const answer = answerOf(published, corpus, filter);
        const knowledge = knowing({ certainBelow, sentBelow });
        expectRight(judgeAnswer(indexOf(corpus), filter, answer, knowledge));
      },
    ),
    { numRuns: 2_000 },
  );
});

test('no right answer is called wrong where some events were refused', () => {
  fc.assert(
    fc.property(events, filters, fc.uniqueArray(fc.nat(29), { maxLength: 5 }), (corpus, filter, refused) => {
      const failed = new Set(refused);
      const published = corpus.filter((_, number) => !failed.has(number));
      const answer = answerOf(published, corpus, filter);
      const knowledge = knowing({ certainBelow: corpus.length, sentBelow: corpus.length, failed });
      expectRight(judgeAnswer(indexOf(corpus), filter, answer, knowledge));
    }),
    { numRuns: 2_000 },
  );
});

/** A version of one profile, or what `changes` makes of it. */
const make = (digit: string, changes: Partial<NostrEvent>): NostrEvent => ({
  id: digit.repeat(64),
  pubkey: 'c'.repeat(64),
  created_at: 100,
  kind: 0,
  tags: [],
  content: '',
  sig: '0'.repeat(128),
  ...changes,
});

test('a version that a refused deletion left standing may keep another one out', () => {
  const deleted = make('1', {});
  const other = make('2', {});
  const corpus = [make('0', { kind: 5, tags: [['e', deleted.id]] }), deleted, other];
  const knowledge = knowing({ certainBelow: 3, sentBelow: 3, failed: new Set([0]) });
  expectRight(judgeAnswer(indexOf(corpus), { limit: 6 }, [deleted], knowledge));
});

test('a version that a refused and then deleted one left standing may keep another one out', () => {
  const standing = make('1', {});
  const refused = make('2', { created_at: 101 });
  const deletion = make('3', { kind: 5, tags: [['e', refused.id]] });
  const corpus = [standing, refused, deletion, make('4', {})];
  const knowledge = knowing({ certainBelow: 4, sentBelow: 4, failed: new Set([1]) });
  expectRight(judgeAnswer(indexOf(corpus), { limit: 6 }, [standing, deletion], knowledge));
});

test('no right answer is called wrong where the relay had later events from before', () => {
  fc.assert(
    fc.property(events, filters, fc.nat(30), (corpus, filter, at) => {
      const certainBelow = at % (corpus.length + 1);
      const answer = answerOf(corpus, corpus, filter);
      const knowledge = knowing({ certainBelow, sentBelow: certainBelow, isFresh: false });
      expectRight(judgeAnswer(indexOf(corpus), filter, answer, knowledge));
    }),
    { numRuns: 2_000 },
  );
});

test('with nothing under way every other answer is called wrong', () => {
  const mutation = fc.constantFrom('drop', 'swap', 'repeat', 'add');
  fc.assert(
    fc.property(events, filters, mutation, fc.nat(30), (corpus, filter, how, at) => {
      // Without a limit a relay may cut the answer, so that dropping the last is no fault.
      const limited = { limit: 5_000, ...filter };
      const right = answerOf(corpus, corpus, limited);
      fc.pre(right.length >= (how === 'swap' ? 2 : 1));
      // A relay may leave out what was deleted after it has applied the limit, so that the oldest may be missing.
      const isOldest = at % right.length === right.length - 1;
      fc.pre(how !== 'drop' || !isOldest || limited.limit >= corpus.length);
      const wrong = mutated(
        right,
        corpus.filter(({ id }) => filter.ids?.includes(id) !== true),
        how,
        at,
      );
      fc.pre(wrong !== null);
      const all = corpus.length;
      const judgement = judgeAnswer(
        indexOf(corpus),
        limited,
        wrong ?? [],
        knowing({ certainBelow: all, sentBelow: all }),
      );
      const isBlamed = judgement.wrong !== null || judgement.short !== null || judgement.findings.length > 0;
      expect(isBlamed).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

/** An answer that is wrong for sure; null where there is no such one. */
function mutated(
  right: readonly NostrEvent[],
  corpus: readonly NostrEvent[],
  how: string,
  at: number,
): readonly NostrEvent[] | null {
  const place = at % right.length;
  const event = right[place] as NostrEvent;
  const others = corpus.filter(({ id }) => !right.some((other) => other.id === id));
  switch (how) {
    case 'drop':
      return right.filter((other) => other !== event);
    case 'swap': {
      const next = right[(place + 1) % right.length] as NostrEvent;
      return right.map((other) => (other === event ? next : other === next ? event : other));
    }
    case 'repeat':
      return [...right.slice(0, place), event, ...right.slice(place)];
    default:
      // One that does not belong: replaced, deleted, cut off by the limit, or not asked for, not even by its id.
      return others.length === 0 ? null : [...right, others[at % others.length] as NostrEvent];
  }
}
