import { describe, expect, it } from 'vitest';
import { CorpusIndex } from '../../../src/corpus/index/corpus-index.ts';
import { type Advertised, NOTHING_ADVERTISED } from '../../../src/judge/advertised.ts';
import { type AnswerJudgement, judgeAnswer } from '../../../src/judge/answer.ts';
import type { Knowledge } from '../../../src/judge/knowledge.ts';
import type { NostrEvent } from '../../../src/nostr/event.ts';
import type { Filter } from '../../../src/nostr/filter.ts';

const AUTHOR = 'a'.repeat(64);
const NOTES = { kinds: [1] };

/** Event `n` of second `n`, unless told otherwise. */
function event(n: number, changes: Partial<NostrEvent> = {}): NostrEvent {
  const id = n.toString(16).padStart(2, '0').repeat(32);
  return {
    id,
    pubkey: AUTHOR,
    created_at: n,
    kind: 1,
    tags: [],
    content: '',
    sig: '0'.repeat(128),
    ...changes,
  };
}

/** Ten notes, the oldest first. */
const TEN = Array.from({ length: 10 }, (_, n) => event(n));
const newestFirst = (events: readonly NostrEvent[]): NostrEvent[] => [...events].reverse();

interface Case {
  readonly corpus?: readonly NostrEvent[];
  readonly filter: Filter;
  readonly answer: readonly NostrEvent[];
  readonly knowing?: Partial<Knowledge>;
  readonly advertised?: Partial<Advertised>;
}

function judged({ corpus = TEN, filter, answer, knowing = {}, advertised = {} }: Case): AnswerJudgement {
  const index = new CorpusIndex();
  for (const each of corpus) index.add(each);
  return judgeAnswer(index, filter, answer, {
    certainBelow: corpus.length,
    sentBelow: corpus.length,
    isFresh: true,
    failed: new Set(),
    isComplete: true,
    advertised: { ...NOTHING_ADVERTISED, ...advertised },
    ...knowing,
  });
}

const verdict = (given: Case): string => {
  const { wrong, short } = judged(given);
  return wrong?.fault ?? (short === null ? 'right' : 'short');
};

describe('the limit', () => {
  const filter = { ...NOTES, limit: 3 };
  const stored = newestFirst(TEN.slice(4, 7));

  it('does not count what was under way when the question was written', () => {
    const answer = [...stored.slice(0, 1), ...TEN.slice(7), ...stored.slice(1)];
    expect(verdict({ filter, answer, knowing: { certainBelow: 7 } })).toBe('right');
  });

  it('counts what was acknowledged long before', () => {
    expect(verdict({ filter, answer: newestFirst(TEN.slice(6)) })).toBe('over-limit');
  });

  it('does not count what another client has published', () => {
    const foreign = event(0x50);
    expect(verdict({ filter, answer: [foreign, ...newestFirst(TEN.slice(7))] })).toBe('right');
  });
});

describe('the order', () => {
  it.each(['ascending', 'any'])('may be %s where no limit is given', (order) => {
    const answer = order === 'ascending' ? TEN : [...TEN.slice(5), ...TEN.slice(0, 5)];
    expect(verdict({ filter: { authors: [AUTHOR] }, answer })).toBe('right');
    expect(verdict({ filter: { ids: TEN.map(({ id }) => id) }, answer })).toBe('right');
  });

  it('is the newest first where a limit is given', () => {
    expect(verdict({ filter: { ...NOTES, limit: 10 }, answer: newestFirst(TEN) })).toBe('right');
    expect(verdict({ filter: { ...NOTES, limit: 10 }, answer: TEN })).toBe('order');
  });

  it('is the lowest id first within a second, and evidence names the two', () => {
    const corpus = [event(1, { created_at: 5 }), event(2, { created_at: 5 })];
    const filter = { limit: 2 };
    expect(verdict({ corpus, filter, answer: corpus })).toBe('right');
    const [low, high] = corpus.map(({ id, kind }) => ({ id, kind }));
    expect(judged({ corpus, filter, answer: [...corpus].reverse() }).wrong).toEqual({
      fault: 'order',
      expected: [low, high],
      got: [high, low],
    });
  });
});

describe('an answer of fewer events than asked for', () => {
  const filter = { ...NOTES, limit: 10 };
  const newest = newestFirst(TEN).slice(0, 4);

  it('is full where the relay advertises that it cuts the limit', () => {
    expect(verdict({ filter, answer: newest, advertised: { maxLimit: 4 } })).toBe('right');
    expect(verdict({ filter, answer: newest, advertised: { maxLimit: 5 } })).toBe('short');
  });

  it('still lacks what is newer than its oldest event', () => {
    const answer = newestFirst(TEN)
      .filter((_, i) => i !== 1)
      .slice(0, 4);
    expect(verdict({ filter, answer, advertised: { maxLimit: 4 } })).toBe('missing');
  });

  it('is full at the default limit where no limit is given, whichever events those are', () => {
    expect(verdict({ filter: NOTES, answer: TEN.slice(0, 4), advertised: { defaultLimit: 4 } })).toBe(
      'right',
    );
    expect(verdict({ filter: NOTES, answer: TEN.slice(0, 3), advertised: { defaultLimit: 4 } })).toBe(
      'short',
    );
  });

  it('may be that of a relay with a limit of its own: the newest ones without a gap', () => {
    expect(verdict({ filter, answer: newest })).toBe('short');
    expect(verdict({ filter, answer: newestFirst(TEN).filter((_, i) => i !== 1) })).toBe('missing');
    expect(verdict({ filter, answer: [] })).toBe('missing');
  });

  it('may lack one event for each that was deleted while it was gathered', () => {
    const deletion = event(20, { kind: 5, tags: [['e', TEN[9]?.id ?? '']] });
    const corpus = [...TEN, deletion];
    const answer = newestFirst(TEN).slice(1, 6);
    const six = { ...NOTES, limit: 6 };
    expect(verdict({ corpus, filter: six, answer, knowing: { certainBelow: 10, sentBelow: 11 } })).toBe(
      'right',
    );
    expect(
      verdict({ corpus, filter: six, answer: answer.slice(1), knowing: { certainBelow: 10, sentBelow: 11 } }),
    ).toBe('missing');
    expect(verdict({ corpus: TEN, filter: six, answer })).toBe('missing');
  });

  it('names what is missing and what came', () => {
    const answer = newestFirst(TEN).filter((_, i) => i !== 1);
    const { wrong } = judged({ filter, answer });
    expect(wrong?.expected).toEqual([{ id: TEN[8]?.id, kind: 1 }]);
    expect(wrong?.got).toHaveLength(9);
  });
});

describe('deletions', () => {
  const deletion = event(20, { kind: 5, tags: [['e', TEN[3]?.id ?? '']] });
  const corpus = [...TEN, deletion];
  const left = TEN.filter((_, n) => n !== 3);

  it('that are applied and not kept are a finding (NIP-09 says SHOULD)', () => {
    const { wrong, short, findings } = judged({ corpus, filter: { limit: 50 }, answer: newestFirst(left) });
    expect({ wrong, short, findings }).toEqual({
      wrong: null,
      short: null,
      findings: ['deletions-not-kept'],
    });
  });

  it('do not excuse another event that is missing', () => {
    expect(
      verdict({ corpus, filter: { limit: 50 }, answer: newestFirst(left.slice(0, 4).concat(left.slice(5))) }),
    ).toBe('missing');
  });

  it('that are not applied are wrong, and a finding where the relay does not claim NIP-09', () => {
    const given = { corpus, filter: { limit: 50 }, answer: newestFirst(corpus) };
    expect(verdict(given)).toBe('deleted');
    expect(judged({ ...given, advertised: { nips: [1, 9] } }).wrong?.fault).toBe('deleted');
    const { wrong, findings } = judged({ ...given, advertised: { nips: [1, 11] } });
    expect({ wrong, findings }).toEqual({ wrong: null, findings: ['deletions-not-applied'] });
  });
});

describe('an old version', () => {
  const old = event(1, { kind: 0 });
  const corpus = [old, event(2, { kind: 0 })];

  it('is wrong where only the latest is to be returned', () => {
    expect(verdict({ corpus, filter: { kinds: [0] }, answer: newestFirst(corpus) })).toBe('superseded');
  });

  it('may be kept and returned to who asks for its id', () => {
    expect(verdict({ corpus, filter: { ids: [old.id] }, answer: [old] })).toBe('right');
    expect(verdict({ corpus, filter: { ids: [old.id] }, answer: [] })).toBe('right');
  });
});

it('exceeding the advertised max_limit is a finding', () => {
  const given = { filter: { ...NOTES, limit: 10 }, answer: newestFirst(TEN) };
  expect(judged({ ...given, advertised: { maxLimit: 5 } }).findings).toEqual(['limit-not-enforced']);
  expect(judged({ ...given, advertised: { maxLimit: 10 } }).findings).toEqual([]);
});

it('an answer that is cut to the advertised max_limit is a finding, where more was asked for', () => {
  const cut = (limit: number | undefined, events: number): AnswerJudgement =>
    judged({
      filter: { ...NOTES, ...(limit === undefined ? {} : { limit }) },
      answer: newestFirst(TEN.slice(10 - events)),
      advertised: { maxLimit: 5 },
    });
  const right = { wrong: null, short: null };
  expect(cut(8, 5)).toMatchObject({ ...right, findings: ['limit-clipped'] });
  // Nobody asked for more.
  expect(cut(5, 5)).toMatchObject({ ...right, findings: [] });
  expect(cut(undefined, 5)).toMatchObject({ ...right, findings: [] });
  // Cut below what the relay promises.
  expect(cut(8, 4).short).not.toBeNull();
});

it('an event that does not match is wrong whoever published it', () => {
  expect(verdict({ filter: { kinds: [7] }, answer: [event(0x50)] })).toBe('no-match');
});

it('a stored event is not sent twice, one that comes live between them may be', () => {
  const filter = { ...NOTES, limit: 20 };
  const answer = [TEN[9] as NostrEvent, ...newestFirst(TEN)];
  expect(verdict({ filter, answer })).toBe('repeated');
  expect(verdict({ filter, answer, knowing: { certainBelow: 9 } })).toBe('right');
});

describe('a search (NIP-50)', () => {
  const filter = { ...NOTES, limit: 3, search: 'coffee' };

  it.each([
    ['nothing', []],
    ['fewer events than others would find', [event(2)]],
    ['results in the order of their quality', [event(2), event(9), event(4)]],
  ])('may answer with %s', (_what, answer) => {
    expect(verdict({ filter, answer })).toBe('right');
  });

  it.each([
    ['an event of another kind', [event(2, { kind: 7 })], 'no-match'],
    ['the same event twice', [event(2), event(2)], 'repeated'],
    ['more events than the limit', [event(2), event(9), event(4), event(3)], 'over-limit'],
  ])('may not answer with %s', (_what, answer, fault) => {
    expect(verdict({ filter, answer })).toBe(fault);
  });

  it('may not answer with what was replaced', () => {
    const versions = [event(1, { kind: 0 }), event(2, { kind: 0 })];
    const given = { corpus: versions, filter: { search: 'me' }, answer: [event(1, { kind: 0 })] };
    expect(verdict(given)).toBe('superseded');
  });
});
