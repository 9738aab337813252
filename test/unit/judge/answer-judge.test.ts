import { describe, expect, it } from 'vitest';
import { CorpusIndex } from '../../../src/corpus/index/corpus-index.ts';
import { NOTHING_ADVERTISED } from '../../../src/judge/advertised.ts';
import { AnswerJudge } from '../../../src/judge/answer-judge.ts';
import type { NostrEvent } from '../../../src/nostr/event.ts';

const CORPUS = Array.from({ length: 30 }, (_, n): NostrEvent => {
  const id = n.toString(16).padStart(2, '0').repeat(32);
  return { id, pubkey: 'a'.repeat(64), created_at: n, kind: 1, tags: [], content: '', sig: '0'.repeat(128) };
});
const NEWEST = [...CORPUS].reverse();

function setUp(certainBelow = CORPUS.length) {
  const known = new CorpusIndex();
  for (const event of CORPUS) known.add(event);
  const judge = new AnswerJudge({ known, isComplete: true, advertised: NOTHING_ADVERTISED });
  const ask = (limit: number, answer: readonly NostrEvent[]) =>
    judge
      .judge({ filter: { limit }, certainBelow, sentBelow: CORPUS.length }, answer)
      .map(({ question, wrong }) => [question.filter.limit, wrong.fault]);
  return { judge, ask };
}

describe('a relay that returns at most N events and does not say so', () => {
  it('is a finding where every short answer has the same N', () => {
    const { judge, ask } = setUp();
    expect([ask(25, NEWEST.slice(0, 20)), ask(5, NEWEST.slice(0, 5)), ask(30, NEWEST.slice(0, 20))]).toEqual([
      [],
      [],
      [],
    ]);
    expect(judge.findings()).toEqual([
      {
        kind: 'silent-cap',
        text: 'returns at most 20 events a query but does not say so in its NIP-11 document',
        nip: 'NIP-11',
        count: 2,
      },
    ]);
  });

  it('is a fault, also afterwards, where N is not always the same', () => {
    const { judge, ask } = setUp();
    expect(ask(25, NEWEST.slice(0, 20))).toEqual([]);
    expect(ask(30, NEWEST.slice(0, 21))).toEqual([
      [25, 'missing'],
      [30, 'missing'],
    ]);
    expect(ask(30, NEWEST.slice(0, 20))).toEqual([[30, 'missing']]);
    expect(judge.findings()).toEqual([]);
  });

  it('is a fault where another answer has more than N', () => {
    const { ask } = setUp();
    expect(ask(25, NEWEST.slice(0, 20))).toEqual([]);
    expect(ask(25, NEWEST.slice(0, 25))).toEqual([[25, 'missing']]);
  });

  it('may send live events besides the N', () => {
    const { judge, ask } = setUp(27);
    expect(ask(25, NEWEST.slice(3, 23))).toEqual([]);
    expect(ask(25, NEWEST.slice(0, 23))).toEqual([]);
    expect(judge.findings()).toMatchObject([{ kind: 'silent-cap', count: 2 }]);
  });
});

it('an event after EOSE is a stored one where it was acknowledged before the question', () => {
  const { judge } = setUp();
  const isStored = (certainBelow: number) => judge.isLateStored({ certainBelow }, CORPUS[9] as NostrEvent);
  expect([isStored(9), isStored(10)]).toEqual([false, true]);
  judge.failed([9]);
  expect(isStored(10)).toBe(false);
});
