import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createIo } from '../../../../src/cli/io.ts';
import type { LoadTarget } from '../../../../src/cli/load-session.ts';
import type { OpenTarget } from '../../../../src/cli/run/open-target.ts';
import { carrierOf, placeWithLog } from '../../../../src/cli/suite/carry-out.ts';
import { fieldOf, suiteFlag } from '../../../../src/cli/suite/contestant.ts';
import { Outcomes } from '../../../../src/cli/suite/hold-suite.ts';
import { modeOf } from '../../../../src/cli/suite/mode.ts';
import type { FaultPart } from '../../../../src/fault/target.ts';
import { readRunRecord } from '../../../../src/record/read.ts';
import type { RunRecord } from '../../../../src/record/schema.ts';
import { selectParts } from '../../../../src/suite/parts.ts';
import { FakeProcess } from '../../../support/fake-process.ts';
import { samplePlan } from '../../../support/sample-plan.ts';
import { sampleRecord } from '../../../support/sample-record.ts';
import { runOf } from '../../../support/sample-runs.ts';
import { tempDir } from '../../../support/temp-dir.ts';

/** Carries out parts against a relay that is opened and loaded by nobody: `done` has what would have happened, in its order. */
async function carried(ids: readonly string[], command: string, records: readonly RunRecord[]) {
  const directory = await tempDir();
  const done: string[] = [];
  const part = {
    name: 'relay',
    processes: () => [],
    problem: async () => null,
    start: async () => void done.push('started again'),
  } as unknown as FaultPart;
  const target = {
    kind: 'url',
    relays: [{ url: 'ws://127.0.0.1:4711/' }],
    processes: [],
    faultTarget: { parts: () => [part] },
    close: async () => undefined,
  } as unknown as OpenTarget;
  const loadTarget = (async (
    _: unknown,
    use: (target: OpenTarget, information: unknown) => Promise<unknown>,
  ) => {
    done.push('opened');
    return use(target, { information: null, reason: 'none' });
  }) as unknown as LoadTarget;
  const left = [...records];
  const { contestants } = await fieldOf([suiteFlag(`mine=${command}`)]);
  const [mine] = contestants;
  if (mine === undefined) throw new Error('no relay');
  const carrier = carrierOf({
    host: { io: createIo(new FakeProcess()), colourFlag: () => undefined, finish: () => undefined },
    session: {
      interruption: { signal: new AbortController().signal, received: () => null, dispose: () => undefined },
      loadTarget,
    },
    directory,
    mode: modeOf(true, undefined),
    flags: {},
    outcomes: new Outcomes(),
    measure: async ({ plan }) => {
      done.push(`measured ${plan.targets.join()}`);
      return left.shift() ?? sampleRecord('partial');
    },
    say: () => undefined,
  });
  const outcomes: string[] = [];
  const runs = selectParts(ids).map((one) => ({
    part: one,
    scenario: { name: 'x', sha256: 'y' },
    plan: samplePlan(),
  }));
  await carrier.carryOut({ contestant: mine, runs }, ({ part: { id } }, outcome) => {
    const restart = outcome.readings.get('restart');
    outcomes.push(`${id}: ${outcome.status}${restart === undefined ? '' : `, restart: ${restart.reason}`}`);
  });
  return { done, outcomes, directory };
}

describe('a chain of parts', () => {
  test('loads one start of the relay, and starts it again with its data before it is asked cold', async () => {
    const { done, outcomes } = await carried(['queries-cold'], 'relay {port} {dir}', [runOf(1), runOf(1)]);
    const loaded = 'measured ws://127.0.0.1:4711/';
    expect(done).toEqual(['opened', loaded, 'started again', loaded]);
    expect(outcomes).toEqual(['queries: measured', 'queries-cold: measured, restart: it was not measured']);
  });

  test('leaves a run.json for each part', async () => {
    const { directory } = await carried(['ack'], 'relay {port}', [runOf(1)]);
    expect((await readRunRecord(join(directory, 'mine', 'ack', 'run.json'))).runId).toBe(runOf(1).runId);
  });

  test('keeps nothing of a run that was cut short', async () => {
    const { outcomes, directory } = await carried(['queries-cold'], 'relay {port} {dir}', [runOf(1)]);
    expect(outcomes).toEqual(['queries: measured']);
    expect(existsSync(join(directory, 'mine', 'queries-cold'))).toBe(false);
  });
});

describe('what a relay writes', () => {
  async function openedIn(text: string, directory: string): Promise<readonly unknown[]> {
    const { contestants } = await fieldOf([suiteFlag(text)]);
    const [mine] = contestants;
    if (mine === undefined) throw new Error('no relay');
    const opened: unknown[] = [];
    const open = async (opening: { readonly directory: string | null }): Promise<OpenTarget> => {
      opened.push(opening.directory);
      throw new Error('not opened');
    };
    const place = await placeWithLog({ ...mine, place: { ...mine.place, open } }, directory);
    const opening = { directory } as Parameters<typeof place.open>[0];
    await expect(place.open(opening)).rejects.toThrow('not opened');
    return opened;
  }

  test('is kept with its records where a command starts it', async () => {
    const directory = await tempDir();
    expect(await openedIn('mine=mine {port}', directory)).toEqual([join(directory, 'mine')]);
    expect(existsSync(join(directory, 'mine'))).toBe(true);
  });

  test("is nobody's business where it runs already", async () => {
    const directory = await tempDir();
    expect(await openedIn('mine=ws://127.0.0.1:1', directory)).toEqual([directory]);
    expect(existsSync(join(directory, 'mine'))).toBe(false);
  });
});
