import { describe, expect, it } from 'vitest';
import { CorpusIndex } from '../../../src/corpus/index/corpus-index.ts';
import { NOTHING_ADVERTISED } from '../../../src/judge/advertised.ts';
import { judgeAnswer } from '../../../src/judge/answer.ts';
import type { NostrEvent } from '../../../src/nostr/event.ts';

function event(digit: string, created_at: number, changes: Partial<NostrEvent> = {}): NostrEvent {
  const rest = { kind: 0, tags: [], content: '', sig: '0'.repeat(128) };
  return { id: digit.repeat(64), pubkey: 'c'.repeat(64), created_at, ...rest, ...changes };
}

it('a version that a deletion under way has not removed yet may have kept an older one out', () => {
  const old = event('1', 10);
  const newer = event('3', 11);
  const deletion = event('2', 12, { kind: 5, tags: [['e', newer.id]] });
  const known = new CorpusIndex();
  for (const each of [old, deletion, newer]) known.add(each);
  const knowledge = {
    certainBelow: 1,
    sentBelow: 3,
    isFresh: true,
    failed: new Set<number>(),
    isComplete: true,
    advertised: NOTHING_ADVERTISED,
  };
  expect(judgeAnswer(known, { kinds: [0] }, [newer], knowledge)).toMatchObject({ wrong: null, short: null });
});

describe('a relay that returns at most two events and does not say so', () => {
  const notes = ['1', '2', '3', '4', '5'].map((digit, i) => event(digit, 10 + i, { kind: 1 }));
  const [first, second, third, fourth, fifth] = notes as [
    NostrEvent,
    NostrEvent,
    NostrEvent,
    NostrEvent,
    NostrEvent,
  ];
  const known = new CorpusIndex();
  for (const each of notes) known.add(each);
  // Only the first three had been acknowledged long before.
  const knowledge = {
    certainBelow: 3,
    sentBelow: 5,
    isFresh: true,
    failed: new Set<number>(),
    isComplete: true,
    advertised: NOTHING_ADVERTISED,
  };
  const judge = (answer: NostrEvent[]) => judgeAnswer(known, { kinds: [1], limit: 4 }, answer, knowledge);

  it('may answer with the two that have just come', () => {
    const { wrong, short } = judge([fifth, fourth]);
    expect(wrong).toBeNull();
    expect(short).toMatchObject({ fault: 'missing' });
  });

  it('may not leave one out between those that it had', () => {
    expect(judge([third, first]).wrong).toMatchObject({ fault: 'missing', expected: [{ id: second.id }] });
  });

  it('may not answer with nothing', () => {
    expect(judge([]).wrong).toMatchObject({ fault: 'missing' });
  });
});

describe('a relay that leaves out deleted events after it has applied the limit', () => {
  const notes = ['1', '2', '3', '4', '5'].map((digit, i) => event(digit, 10 + i, { kind: 1 }));
  const [first, second, third, fourth, fifth] = notes as [
    NostrEvent,
    NostrEvent,
    NostrEvent,
    NostrEvent,
    NostrEvent,
  ];
  const known = new CorpusIndex();
  for (const each of [...notes, event('6', 20, { kind: 5, tags: [['e', fourth.id]] })]) known.add(each);
  const knowledge = {
    certainBelow: 6,
    sentBelow: 6,
    isFresh: true,
    failed: new Set<number>(),
    isComplete: true,
    advertised: NOTHING_ADVERTISED,
  };
  const judge = (answer: NostrEvent[]) => judgeAnswer(known, { kinds: [1], limit: 3 }, answer, knowledge);

  it('may answer with one less, where one of the newest was deleted', () => {
    expect(judge([fifth, third])).toMatchObject({ wrong: null, short: null });
  });

  it('may also answer with as many as were asked for', () => {
    expect(judge([fifth, third, second])).toMatchObject({ wrong: null, short: null });
  });

  it('may answer with one less, where it refused one of the newest: an earlier run may have deleted that', () => {
    const refused = { ...knowledge, failed: new Set([4]) };
    const ask = (answer: NostrEvent[]) => judgeAnswer(known, { kinds: [1], limit: 4 }, answer, refused);
    expect(ask([third, second])).toMatchObject({ wrong: null, short: null });
    expect(ask([third]).short).toMatchObject({ fault: 'missing' });
  });

  it('may not answer with two less, nor with a gap', () => {
    expect(judge([fifth]).short).toMatchObject({ fault: 'missing' });
    expect(judge([fifth, first]).wrong).toMatchObject({ fault: 'missing' });
  });
});
