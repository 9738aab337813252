import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createIo } from '../../../../src/cli/io.ts';
import { compareWithBaseline, readBaseline } from '../../../../src/cli/run/baseline.ts';
import type { RunRecord } from '../../../../src/record/schema.ts';
import { recordToJson } from '../../../../src/record/write.ts';
import { FakeProcess } from '../../../support/fake-process.ts';
import { samplePlan } from '../../../support/sample-plan.ts';
import { runOf } from '../../../support/sample-runs.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const plan = samplePlan();
const { name, sha256 } = plan.scenario;
const base = runOf(1, { scenario: { ...runOf(1).scenario, name, sha256 } });

async function written(record: RunRecord): Promise<string> {
  const path = join(await tempDir(), 'base.json');
  await writeFile(path, recordToJson(record));
  return path;
}

async function compare(candidate: RunRecord, isShown = true) {
  const process = new FakeProcess();
  const host = { io: createIo(process), colourFlag: () => undefined, finish: () => undefined };
  const directory = await tempDir();
  const baseline = { name: 'base.json', record: base };
  const code = await compareWithBaseline({
    baseline,
    record: candidate,
    directory,
    host,
    isShown,
    isCi: false,
  });
  return { code, process, files: (await readdir(directory)).sort() };
}

test('a baseline of the same scenario is read before the load', async () => {
  const path = await written(base);
  expect(await readBaseline(path, plan)).toEqual({ name: path, record: base });
});

test.each([
  ['another scenario', runOf(1)],
  [
    'is invalid: late',
    {
      ...base,
      validity: { verdict: 'invalid' as const, reasons: ['late'], owners: ['generator' as const], kinds: [] },
    },
  ],
  ['stopped before its end', { ...base, partial: true }],
])('a baseline is refused: %s', async (reason, record) => {
  const reading = readBaseline(await written(record), plan);
  await expect(reading).rejects.toMatchObject({ code: 'NOT_COMPARABLE', exitCode: 2 });
  await expect(reading).rejects.toThrow(reason);
});

test('a run that is worse gives 98, its comparison is shown and written', async () => {
  const { code, process, files } = await compare({ ...runOf(1.5), scenario: base.scenario });
  expect(code).toBe(98);
  expect(process.stdout.text).toMatch(/WORSE.*base\.json/s);
  expect(files).toEqual(expect.arrayContaining(['comparison.json', 'comparison.md']));
});

test('a run that is not worse changes no exit code, and stdout may belong to something else', async () => {
  const { code, process } = await compare({ ...runOf(1), scenario: base.scenario }, false);
  expect({ code, stdout: process.stdout.text }).toEqual({ code: null, stdout: '' });
});

test('a run whose figures may be too high is not compared, though its gates hold', async () => {
  const doubts = [{ kind: 'generator-late' as const, text: 'many writes were late' }];
  const { code, process, files } = await compare({ ...base, generator: { ...base.generator, doubts } });
  expect({ code, files }).toEqual({ code: null, files: [] });
  expect(process.stderr.text).toContain(
    "not compared with the baseline: this run can't be used: many writes",
  );
});

test('an invalid run is not compared, which is said', async () => {
  const invalid = {
    ...base,
    validity: { verdict: 'invalid' as const, reasons: ['late'], owners: ['generator' as const], kinds: [] },
  };
  const { code, process, files } = await compare(invalid);
  expect({ code, files }).toEqual({ code: null, files: [] });
  expect(process.stderr.text).toContain('not compared');
});
