import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RelayBenchError } from '../../../../src/base/errors.ts';
import { EXIT } from '../../../../src/base/exit-codes.ts';
import { type Capacity, capacitySchema } from '../../../../src/capacity/schema.ts';
import type { CapacityFlags } from '../../../../src/cli/capacity/flags.ts';
import type { SearchRequest } from '../../../../src/cli/capacity/search-in.ts';
import { planSearches, runSearches, type SearchesRequest } from '../../../../src/cli/capacity/searches.ts';
import type { CommandHost } from '../../../../src/cli/host.ts';
import { createIo, type StopSignal } from '../../../../src/cli/io.ts';
import { FakeProcess } from '../../../support/fake-process.ts';
import { sampleSearch } from '../../../support/sample-capacity.ts';
import { sampleRecord } from '../../../support/sample-record.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const host: CommandHost = {
  io: createIo(new FakeProcess()),
  colourFlag: () => false,
  finish: () => undefined,
};
const FLAGS: CapacityFlags = {
  ...{ of: 'rate', tolerance: 0.05, budget: 600_000, arrivals: 'even', format: 'json', defaultGates: true },
};
const GONE = new RelayBenchError('the stack does not come up', { code: 'GONE', exitCode: EXIT.unreachable });

type Search = (request: SearchRequest) => Promise<Capacity>;

/** Searches with 1, 2 and 3 relays that end as given; `signal` is received from the n-th on. */
async function over(
  relays: readonly number[] | undefined,
  search: Search,
  signalFrom = Number.POSITIVE_INFINITY,
) {
  const root = await tempDir();
  const outDir = join(root, 'out');
  const stackDir = join(root, 'stack');
  const flags = relays === undefined ? FLAGS : { ...FLAGS, relays, stack: 'scaled', stackDir };
  const searches = await planSearches('publish', flags, host);
  const lines: string[] = [];
  let searched = 0;
  const interruption = {
    signal: new AbortController().signal,
    received: (): StopSignal | null => (searched >= signalFrom ? 'SIGINT' : null),
    dispose: () => undefined,
  };
  const request: SearchesRequest = {
    ...{ flags, host, searches, outDir, say: (line: string) => void lines.push(line) },
    session: { interruption, loadTarget: () => Promise.reject(GONE) },
    supply: { openFiles: null, localPorts: null },
  };
  const searchIn: Search = async (asked) => {
    searched++;
    return search(asked);
  };
  return { outDir, lines, run: () => runSearches(request, { searchIn }) };
}

const limits: Search = async ({ place: { relays } }) =>
  sampleSearch(relays ?? 0, [1_000 * (relays ?? 0), 1_040 * (relays ?? 0)]).found;

describe('searches over numbers of relays', () => {
  test('are one for each number, on a stack with so many, and come to one document', async () => {
    const { run, lines } = await over([1, 2, 3], limits);
    const { all, document, failure } = await run();
    expect(failure).toBeNull();
    expect(all.map(({ target }) => target.relays)).toEqual([1, 2, 3]);
    expect(document.scaling?.law?.ratePerRelay.value).toBeCloseTo(1_000, 3);
    expect(lines).toEqual([
      'stack scaled with 1 relay (1 of 3)',
      'stack scaled with 2 relays (2 of 3)',
      'stack scaled with 3 relays (3 of 3)',
    ]);
  });

  test('keep records and reports of each in a directory of its own', async () => {
    const { run, outDir } = await over([1, 2], async (asked) => {
      await asked.keep(sampleRecord('pass'), 'steps/01-100-10/run.json');
      return limits(asked);
    });
    const { document } = await run();
    await access(join(outDir, 'relays-1/steps/01-100-10/run.json'));
    for (const { file, rate_per_s } of document.scaling?.points ?? []) {
      const one = capacitySchema.parse(JSON.parse(await readFile(join(outDir, file), 'utf8')));
      expect(one.limit.rate_per_s).toBe(rate_per_s);
    }
  });

  test('end with what is known when they are interrupted', async () => {
    const { run, lines } = await over([1, 2, 3], limits, 1);
    const { all, document } = await run();
    expect(all).toHaveLength(1);
    expect(lines).toHaveLength(1);
    expect(document).toMatchObject({ target: { relays: 1 }, limit: { low: 1_000 } });
    expect(document.caveats).toEqual([
      'stack scaled with 2 relays was not searched: interrupted',
      'stack scaled with 3 relays was not searched: interrupted',
    ]);
  });

  test('end with what is known when a later stack can’t be loaded', async () => {
    const { run, outDir } = await over([1, 2], async (asked) => {
      if (asked.place.relays === 2) throw GONE;
      return limits(asked);
    });
    const { document, failure } = await run();
    expect(failure).toBe(GONE);
    expect(document.caveats).toEqual([
      'stack scaled with 2 relays was not searched: the stack does not come up',
    ]);
    await access(join(outDir, 'relays-1/capacity.json'));
  });

  test('pass on what the first one throws, and what is a bug', async () => {
    const first = await over([1, 2], () => Promise.reject(GONE));
    await expect(first.run()).rejects.toBe(GONE);
    const bug = new Error('a bug');
    const second = await over([1, 2], async (asked) => {
      if (asked.place.relays === 2) throw bug;
      return limits(asked);
    });
    await expect(second.run()).rejects.toBe(bug);
  });

  test('are one without a number of relays, which says nothing of scaling', async () => {
    const { run, outDir } = await over(undefined, async (asked) => {
      await asked.keep(sampleRecord('pass'), 'steps/01-100-10/run.json');
      return { ...(await limits(asked)), scaling: null };
    });
    const { document } = await run();
    expect(document.scaling).toBeNull();
    await access(join(outDir, 'steps/01-100-10/run.json'));
  });
});
