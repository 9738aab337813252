import { describe, expect, test } from 'vitest';
import { RelayBenchError } from '../../../../src/base/errors.ts';
import { EXIT } from '../../../../src/base/exit-codes.ts';
import type { Found } from '../../../../src/cli/capacity/find-limit.ts';
import type { Place } from '../../../../src/cli/capacity/place.ts';
import { type SearchRequest, searchIn } from '../../../../src/cli/capacity/search-in.ts';
import { createIo } from '../../../../src/cli/io.ts';
import type { LoadTarget } from '../../../../src/cli/load-session.ts';
import type { RunRecord } from '../../../../src/record/schema.ts';
import { FakeProcess } from '../../../support/fake-process.ts';
import { sampleStep } from '../../../support/sample-capacity.ts';
import { samplePlan } from '../../../support/sample-plan.ts';
import { sampleRecord } from '../../../support/sample-record.ts';

const GONE = new RelayBenchError('nobody answers', { code: 'GONE', exitCode: EXIT.unreachable });
const PLACE: Place = {
  kind: 'url',
  name: 'ws://127.0.0.1:1/',
  urls: ['ws://127.0.0.1:1/'],
  given: [],
  starts: null,
  isKept: false,
  relays: null,
  open: () => Promise.reject(GONE),
};

/** A search whose loads end as given, one after the other; then the relay is gone. */
function request(ends: readonly RunRecord[], changes: Partial<SearchRequest> = {}) {
  const lines: string[] = [];
  const kept: string[] = [];
  const left = [...ends];
  const loadTarget = (async () => {
    const next = left.shift();
    if (next === undefined) throw GONE;
    return next;
  }) as unknown as LoadTarget;
  const asked: SearchRequest = {
    flags: {
      of: 'rate',
      tolerance: 0.05,
      budget: 600_000,
      arrivals: 'even',
      format: 'text',
    } as SearchRequest['flags'],
    host: { io: createIo(new FakeProcess()), colourFlag: () => undefined, finish: () => undefined },
    place: PLACE,
    levels: {
      search: { start: 100, tolerance: 0.05, least: 1, most: 1_000_000, whole: false },
      unit: 'events',
      base: samplePlan(),
      numbersAt: (level) => ({ rate_per_s: level, connections: 10 }),
      planAt: async (level) => samplePlan({ workloads: { publish: { rate: `${level}/s` } } }),
    },
    first: samplePlan(),
    session: {
      interruption: {
        signal: new AbortController().signal,
        received: () => null,
        dispose: () => undefined,
      },
      loadTarget,
    },
    supply: { openFiles: null, localPorts: null },
    say: (line) => void lines.push(line),
    keep: async (_, file) => void kept.push(file),
    ...changes,
  };
  return { asked, lines, kept };
}

describe('a search in one place', () => {
  test('passes on that the relay is not there to begin with', async () => {
    await expect(searchIn(request([]).asked)).rejects.toBe(GONE);
  });

  test('that loses its relay keeps what it has found, and says why it ended', async () => {
    const { asked, lines, kept } = request([sampleRecord('pass')]);
    const found = await searchIn(asked);
    expect(found).toMatchObject({
      ended: 'target-lost',
      of: 'rate',
      unit: 'events',
      budget_s: 600,
      scenario: { name: 'sample' },
      target: { kind: 'url', name: 'ws://127.0.0.1:1/' },
      limit: { low: 100, atLeast: true },
    });
    expect(found.caveats).toContain('the target was lost: nobody answers');
    expect(kept).toEqual(['steps/01-100-10/run.json']);
    expect(lines).toContain('step 1: held');
  });

  test('names no address of a relay that is started for each step', async () => {
    const place = { ...PLACE, kind: 'embedded', starts: 'the embedded relay' } as const;
    const { target } = await searchIn(request([sampleRecord('pass')], { place }).asked);
    expect(target.urls).toEqual([]);
  });

  test('says how many relays a stack was brought up with', async () => {
    const place = { ...PLACE, kind: 'stack', relays: 2 } as const;
    const { asked } = request([], { place });
    // A stack is held for all steps: what its session gives back is what was found.
    const found: Found = { steps: [sampleStep(100, { number: 1 }, 100)], ended: 'budget', lost: null };
    const session = { ...asked.session, loadTarget: (async () => found) as unknown as LoadTarget };
    expect((await searchIn({ ...asked, session })).target).toMatchObject({ kind: 'stack', relays: 2 });
  });

  test('refuses a first step that this machine has too few open files for', async () => {
    const { asked, kept } = request([sampleRecord('pass')], { supply: { openFiles: 5, localPorts: null } });
    await expect(searchIn(asked)).rejects.toMatchObject({ code: 'LIMIT_TOO_LOW' });
    expect(kept).toEqual([]);
  });
});
