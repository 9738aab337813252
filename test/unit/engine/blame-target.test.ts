import { describe, expect, it } from 'vitest';
import { blameCloses, blamePreparation, isHopeless } from '../../../src/engine/blame-target.ts';
import { NOTHING_ASKED, type PreparationTally, sumTallies } from '../../../src/workload/preparation-tally.ts';

function tally(change: Partial<PreparationTally>): PreparationTally {
  return { ...NOTHING_ASKED, asked: 100, ...change };
}

const S = 1_000_000_000;
const closes = { opened: 20, failed: 0, dropped: 20, open: 0, firstDropNs: 15.1 * S, lastDropNs: 15.2 * S };

describe('what the target did to the preparation', () => {
  const blame = (storing: PreparationTally, mayRefuseSome = false) =>
    blamePreparation({ storing, subscribing: NOTHING_ASKED, mayRefuseSome }).map(({ text }) => text);

  it('is told in its own words, the most frequent first', () => {
    const refused = new Map([
      ['rate-limited', 30],
      ['auth-required', 70],
    ]);
    expect(blame(tally({ refused }))[0]).toMatch(
      /^the relay refused 100 of 100 events to be stored: auth-required.*70.*rate-limited.*30/,
    );
  });

  it('is nothing where all was done', () => {
    expect(blame(tally({ done: 100 }))).toEqual([]);
  });

  it('also counts what was never answered and what could not be sent', () => {
    expect(blame(tally({ done: 60, unanswered: 30, unsent: 10 }))).toEqual([
      'the relay never answered 30 of 100 events to be stored',
      'the relay closed the connections before 10 of 100 events to be stored were stored',
    ]);
  });

  it('is no failure where it refuses some events of a corpus that was not made for it, but where it refuses all', () => {
    const some = tally({ done: 88, refused: new Map([['invalid', 12]]) });
    expect(blame(some, true)).toEqual([]);
    expect(blame(some, false)).toHaveLength(1);
    expect(blame(tally({ refused: new Map([['invalid', 100]]) }), true)).toHaveLength(1);
  });

  it('leaves no hope where nothing was stored, or no subscription opened', () => {
    const none = tally({ refused: new Map([['blocked', 100]]) });
    const base = { mayRefuseSome: false, storing: NOTHING_ASKED, subscribing: NOTHING_ASKED };
    expect(isHopeless(base)).toBe(false);
    expect(isHopeless({ ...base, storing: none })).toBe(true);
    expect(isHopeless({ ...base, subscribing: none })).toBe(true);
    expect(isHopeless({ ...base, storing: tally({ done: 1 }) })).toBe(false);
  });

  it('adds up over workers', () => {
    const one = tally({ done: 97, refused: new Map([['pow', 3]]) });
    expect(sumTallies([one, one])).toEqual({ ...one, asked: 200, done: 194, refused: new Map([['pow', 6]]) });
  });
});

describe('connections that the target closed', () => {
  it('are told with their number, their time and their code', () => {
    expect(blameCloses(closes, 10 * S, { '1006': 20 })).toEqual([
      { kind: 'target-gone', text: 'the relay closed 20 of 20 connections 5.1 s after the start (1006)' },
    ]);
  });

  it('leave the verdict to the gates where some stayed open', () => {
    const some = { ...closes, dropped: 5, open: 15, lastDropNs: 18 * S };
    expect(blameCloses(some, 10 * S, { '1006': 1, '4000': 4 })).toEqual([
      {
        kind: 'connections-closed',
        text: 'the relay closed 5 of 20 connections from 5.1 s to 8.0 s after the start (4000, 1006)',
      },
    ]);
  });

  it('may have been closed before the load', () => {
    expect(blameCloses(closes, 16 * S, { '1006': 20 })[0]?.text).toContain('before the load');
    expect(blameCloses(closes, null, { '1006': 20 })[0]?.text).toContain('before the load');
  });

  it('are none', () => {
    expect(blameCloses({ ...closes, dropped: 0 }, 0, {})).toEqual([]);
  });
});
