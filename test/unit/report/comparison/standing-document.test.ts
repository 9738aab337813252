import { describe, expect, it } from 'vitest';
import type { Standing, StandingEntry, StandingRow } from '../../../../src/compare/standing-schema.ts';
import { buildStandingDocument } from '../../../../src/report/comparison/standing-document.ts';

function entryOf(relay: string, median: number, changes: Partial<StandingEntry> = {}): StandingEntry {
  const values = [median, median];
  return { relay, values, median, low: median, high: median, runs: values.length, ...changes };
}

function rowOf(changes: Partial<StandingRow> = {}): StandingRow {
  return {
    key: 'ack_latency p95',
    unit: 'us',
    direction: 'lower',
    entries: [entryOf('a', 2_000), entryOf('b', 4_000)],
    judged: true,
    p: 0.5,
    detectable: 0.1,
    best: null,
    ...changes,
  };
}

function standingOf(changes: Partial<Standing> = {}): Standing {
  return {
    standingVersion: '1.1.0',
    validity: 'valid',
    scenario: { name: 'quick', sha256: 'ab'.repeat(32) },
    relays: ['a', 'b'].map((name) => ({ name, urls: [`ws://${name}/`], runs: ['1.json', '2.json'] })),
    rounds: 2,
    alpha: 0.05,
    minEffect: 0.05,
    rows: [rowOf()],
    answers: [],
    warnings: [],
    ...changes,
  };
}

const headlineOf = (changes: Partial<Standing>) => buildStandingDocument(standingOf(changes)).headline;
const textOf = (changes: Partial<Standing>) => JSON.stringify(buildStandingDocument(standingOf(changes)));
const differing = (what: string, values: readonly (number | null)[]): Standing['answers'][number] => ({
  what,
  entries: values.map((value, at) => ({ relay: at === 0 ? 'a' : 'b', value })),
  differs: true,
});

describe('what is said of relays side by side', () => {
  it('is that nothing was tested after too few rounds', () => {
    const { sentence } = headlineOf({ rows: [rowOf({ judged: false })] });
    expect(sentence).toBe('nothing was tested: too few rounds');
  });

  it('is how large a difference would have been found where none was', () => {
    const rows = [rowOf(), rowOf({ key: 'eose_latency p95', detectable: 0.25 })];
    expect(headlineOf({ rows }).sentence).toBe('no difference found; one of 25 % would have been');
  });

  it('is no size where none is known', () => {
    expect(headlineOf({ rows: [rowOf({ detectable: null })] }).sentence).toBe('no difference found');
  });

  it('is who won, with the nearest other relay', () => {
    expect(headlineOf({ rows: [rowOf({ best: 'a' })] }).sentence).toMatch(
      /^a best in 1 of 1 figures: ack_latency p95 2\.00 ms \(.*\), next b 4\.00 ms/,
    );
  });

  it('names the highest of the others where more is better', () => {
    const entries = [entryOf('a', 900), entryOf('b', 500), entryOf('c', 700)];
    const row = rowOf({ key: 'events', unit: 'per_s', direction: 'higher', entries, best: 'a' });
    expect(headlineOf({ rows: [row] }).sentence).toContain(', next c 700/s');
  });

  it('names no other relay where none has a median', () => {
    const entries = [entryOf('a', 2_000), entryOf('b', 0, { median: null, runs: 0 })];
    expect(headlineOf({ rows: [rowOf({ entries, best: 'a' })] }).sentence).not.toContain('next');
  });

  it('warns of relays that answer differently before anything else', () => {
    const { sentence, next } = headlineOf({ answers: [differing('events a query', [20, 10])] });
    expect(sentence).toMatch(/; their answers differ$/);
    expect(next).toMatch(/^look at their answers first/);
  });

  it('is that one round has no range to be confident of', () => {
    expect(headlineOf({ rounds: 1 }).question).toBe('quick: a against b, 1 interleaved round');
    expect(textOf({ rounds: 1 })).not.toContain('% confidence');
  });

  it('is no result of rounds that were invalid', () => {
    expect(headlineOf({ validity: 'invalid' })).toMatchObject({
      word: 'INVALID',
      sentence: 'no round was valid, so these figures prove nothing',
      next: 'lower the load or free this machine of other work, and measure again',
    });
  });

  it('says why a median is withheld', () => {
    const entries = [entryOf('a', 2_000, { runs: 1, withheld: 'not at random' }), entryOf('b', 4_000)];
    expect(textOf({ rows: [rowOf({ entries })] })).toContain('(withheld: 1 of 2 runs have it)');
  });

  it('counts answers that are events, and gives shares of the others', () => {
    const answers = [differing('events a query', [20, null]), differing('found of the stored', [0.5, 1])];
    const section = buildStandingDocument(standingOf({ answers })).sections[1];
    const rows = section?.content.kind === 'table' ? section.content.rows : [];
    expect(rows.map((cells) => cells.map(({ text }) => text))).toEqual([
      ['✗', 'events a query', '20', '–', 'relays differ'],
      ['✗', 'found of the stored', '50 %', '100 %', 'relays differ'],
    ]);
  });

  it('has the first three addresses of a relay that has more', () => {
    const urls = ['ws://1/', 'ws://2/', 'ws://3/', 'ws://4/'];
    expect(textOf({ relays: [{ name: 'a', urls, runs: [] }] })).toContain('ws://1/ ws://2/ ws://3/ …');
  });
});
