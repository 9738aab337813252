import { describe, expect, it } from 'vitest';
import { KeptEvents } from '../../../support/scripted-relay/kept-events.ts';
import type { KeptScript } from '../../../support/scripted-relay/script.ts';

/** Notes of the seconds 1 to 5, those of the last two of one second. */
const NOTES = [1, 2, 3, 4, 4].map((created_at, i) => ({
  id: String(i + 1),
  pubkey: 'p',
  kind: 1,
  created_at,
  tags: [],
}));

function ids(script: KeptScript, filter: Record<string, unknown>): string {
  const kept = new KeptEvents(script);
  for (const note of NOTES) kept.add(note);
  return kept
    .answer([filter])
    .map(({ id }) => id)
    .join('');
}

describe('what the scripted relay keeps', () => {
  it('is answered newest first, of one second the lowest id first, up to the limit', () => {
    expect(ids({}, {})).toBe('45321');
    expect(ids({}, { limit: 2 })).toBe('45');
    expect(ids({}, { kinds: [7] })).toBe('');
  });

  it('is answered once, however often it was sent and however many filters it matches', () => {
    const kept = new KeptEvents({});
    for (const note of [...NOTES, ...NOTES]) kept.add(note);
    expect(kept.answer([{}, { kinds: [1] }])).toHaveLength(NOTES.length);
  });

  it.each<[string, KeptScript, Record<string, unknown>, string]>([
    ['backwards without a limit', { ascending: 'without-limit' }, {}, '12354'],
    ['and right with one', { ascending: 'without-limit' }, { limit: 2 }, '45'],
    ['backwards with a limit', { ascending: 'always' }, { limit: 2 }, '54'],
    ['cut to a cap', { cap: 3 }, {}, '453'],
    ['longer than the limit', { overLimit: 1 }, { limit: 2 }, '453'],
    ['with gaps', { leaveOutEvery: 2 }, {}, '431'],
  ])('%s', (_name, script, filter, expected) => {
    expect(ids(script, filter)).toBe(expected);
  });

  it.each([
    ['newest', '4'],
    ['first', '1'],
    ['highest-id', '5'],
  ] as const)('keeps one version of an address where it is to: the %s', (versions, expected) => {
    const kept = new KeptEvents({ versions });
    for (const note of NOTES) kept.add({ ...note, kind: 10_002 });
    kept.add({ ...(NOTES[0] as (typeof NOTES)[number]), id: 'n' });
    expect(kept.answer([{ kinds: [10_002] }]).map(({ id }) => id)).toEqual([expected]);
    expect(kept.answer([{}])).toHaveLength(2);
  });
});
