import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../../../src/base/exit-codes.ts';
import { createIo } from '../../../../src/cli/io.ts';
import { relayOf } from '../../../../src/cli/suite/ask-relays.ts';
import { fieldOf, suiteFlag } from '../../../../src/cli/suite/contestant.ts';
import { modeOf } from '../../../../src/cli/suite/mode.ts';
import { type BatteryStages, exitCodeOfSuite, runBattery } from '../../../../src/cli/suite/run-battery.ts';
import { selectParts } from '../../../../src/suite/parts.ts';
import { readSuite } from '../../../../src/suite/read.ts';
import { FakeProcess } from '../../../support/fake-process.ts';
import { samplePlan } from '../../../support/sample-plan.ts';
import { measured, readingOf, SKIPPED, sampleSuite } from '../../../support/sample-suite.ts';
import { tempDir } from '../../../support/temp-dir.ts';

interface Battery {
  readonly hold?: BatteryStages['hold'];
  readonly out?: string;
  readonly resume?: string;
  readonly seed?: number;
}

/** A suite of two parts that loads nothing. */
async function battery({ hold = async () => undefined, out, resume, seed = 1 }: Battery) {
  const process = new FakeProcess();
  const field = await fieldOf([suiteFlag('mine=mine {port} --password secret')]);
  const planned = selectParts(['ack', 'count']).map((part) => ({
    ...{ part, plan: samplePlan() },
    scenario: { name: `suite-${part.id}`, sha256: 'ab'.repeat(32) },
  }));
  const result = await runBattery(
    {
      host: { io: createIo(process), colourFlag: () => undefined, finish: () => undefined },
      ...{ field, planned, seed, mode: modeOf(true, undefined), flags: {}, owned: [] },
      out: out ?? null,
      before:
        resume === undefined
          ? null
          : { directory: resume, suite: await readSuite(join(resume, 'suite.json')) },
    },
    {
      preflight: async () => ({ information: null, reason: 'not asked' }),
      supply: () => ({ openFiles: null, localPorts: null }),
      ask: async (contestants) => contestants.map(relayOf),
      measure: () => Promise.reject(new Error('nothing is measured here')),
      hold: async (plan) => {
        // The signal comes while parts are carried out.
        await hold({ ...plan, say: plan.say });
      },
    },
  );
  return { ...result, process };
}

const allMeasured: BatteryStages['hold'] = async ({ planned, contestants, outcomes }) => {
  for (const { part } of planned)
    for (const { name } of contestants)
      outcomes.set(part.id, name, measured({ p50: readingOf(9), p95: readingOf(12) }));
};

describe('a battery', () => {
  test('ends with its card as JSON, Markdown and HTML', async () => {
    const out = await tempDir();
    const { suite, exitCode, process } = await battery({ hold: allMeasured, out });
    expect(exitCode).toBe(EXIT.ok);
    expect(await readSuite(join(out, 'suite.json'))).toEqual(suite);
    expect(await readFile(join(out, 'suite.md'), 'utf8')).toContain('EVENT to OK, p95');
    expect(await readFile(join(out, 'suite.html'), 'utf8')).toContain('<h3>Card</h3>');
    expect(suite).toMatchObject({ mode: 'quick', reference: 'reference', partial: false });
    expect(process.stderr.text).toContain('2 parts of 2 relays');
  });

  test('tells of commands without their secrets', async () => {
    const { suite } = await battery({ hold: allMeasured, out: await tempDir() });
    expect(JSON.stringify(suite)).not.toContain('secret');
  });

  test('keeps what is known after each part', async () => {
    const out = await tempDir();
    await battery({
      out,
      hold: async ({ onProgress }) => {
        await onProgress();
        expect(await readSuite(join(out, 'suite.json'))).toMatchObject({ partial: true });
      },
    });
  });

  test('that is interrupted ends with the signal, and what it has', async () => {
    const out = await tempDir();
    const process = new FakeProcess();
    const field = await fieldOf([]);
    const { suite, exitCode } = await runBattery(
      {
        host: { io: createIo(process), colourFlag: () => undefined, finish: () => undefined },
        ...{
          field,
          planned: [],
          seed: 1,
          mode: modeOf(true, undefined),
          flags: {},
          owned: [],
          out,
          before: null,
        },
      },
      {
        preflight: async () => ({ information: null, reason: 'not asked' }),
        supply: () => ({ openFiles: null, localPorts: null }),
        ask: async (contestants) => contestants.map(relayOf),
        measure: () => Promise.reject(new Error('nothing is measured here')),
        hold: async () => process.kill('SIGINT'),
      },
    );
    expect(suite.partial).toBe(true);
    expect(exitCode).toBe(EXIT.interrupted);
    expect(process.stderr.text).toContain(`--resume ${out} goes on`);
  });

  test('removes the records of an earlier one where it begins anew', async () => {
    const out = await tempDir();
    const old = join(out, 'mine', 'ack', 'run.json');
    await mkdir(join(out, 'mine', 'ack'), { recursive: true });
    await writeFile(old, '{}');
    await battery({ out });
    await expect(readFile(old)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('goes on in the directory of an earlier one that was the same, and in no other', async () => {
    const out = await tempDir();
    await battery({ hold: allMeasured, out });
    const isResumed: boolean[] = [];
    const hold: BatteryStages['hold'] = async (plan) => void isResumed.push(plan.isResumed);
    const before = await readSuite(join(out, 'suite.json'));
    await battery({ resume: out, hold });
    expect(isResumed).toEqual([true]);
    const after = await readSuite(join(out, 'suite.json'));
    expect(after.startedAt).toBe(before.startedAt);
    expect(after.duration_s).toBeGreaterThan(before.duration_s);
    await expect(battery({ resume: out, seed: 2 })).rejects.toMatchObject({ code: 'SUITE_DIFFERS' });
  });
});

describe('the exit code of a suite', () => {
  const invalid = measured({}, { status: 'invalid', reason: 'late' });
  const failed = measured({}, { status: 'failed', reason: 'gone' });
  const codeOf = (mine: typeof SKIPPED | undefined): number =>
    exitCodeOfSuite(
      sampleSuite({
        changes: { outcomeOf: (_, relay) => (relay === 'mine' ? mine : measured({})) },
      }),
    );

  test.each([
    ['measured', measured({}), EXIT.ok],
    ['left out', SKIPPED, EXIT.ok],
    ['invalid', invalid, EXIT.invalidRun],
    ['failed', failed, EXIT.unreachable],
  ])('of a relay of which all was %s', (_, outcome, code) => {
    expect(codeOf(outcome)).toBe(code);
  });

  test('is 0 where only some of it was invalid', () => {
    expect(exitCodeOfSuite(sampleSuite({ outcomes: { 'mine/ack': invalid, 'mine/count': failed } }))).toBe(
      EXIT.ok,
    );
  });
});
