import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import type { NamedRun } from '../../../src/compare/comparable.ts';
import { comparisonSchema } from '../../../src/compare/schema.ts';
import { recordToJson } from '../../../src/record/write.ts';
import { FakeProcess } from '../../support/fake-process.ts';
import { named, runOf, runsOf } from '../../support/sample-runs.ts';
import { tempDir } from '../../support/temp-dir.ts';

async function compare(base: readonly NamedRun[], candidate: readonly NamedRun[], ...flags: string[]) {
  const directory = await tempDir();
  const write = async (side: string, runs: readonly NamedRun[]): Promise<string[]> =>
    Promise.all(
      runs.map(async ({ name, record }) => {
        const path = join(directory, `${side}-${name}`);
        await writeFile(path, recordToJson({ ...record, runId: `${side}-${name}` }));
        return path;
      }),
    );
  const [one, other] = [await write('base', base), await write('candidate', candidate)];
  const isPair = one.length === 1 && other.length === 1;
  const process = new FakeProcess(['compare', ...one, ...(isPair ? [] : ['--to']), ...other, ...flags]);
  return { code: await main(process), stdout: process.stdout.text, stderr: process.stderr.text };
}

const run = (slowdown: number): NamedRun[] => [named('run.json', runOf(slowdown))];

describe('compare', () => {
  test('ends with 98 and says what is worse', async () => {
    const { code, stdout, stderr } = await compare(run(1), run(1.5));
    expect(code).toBe(98);
    expect(stderr).toMatch(/^relay-bench: WORSE: .*; next: measure both in turn with relay-bench ab/);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(stdout).toMatch(/^ +WORSE {2}worse: ack_latency p95/);
    expect(stdout).toContain("a single pair of runs can't separate noise from change");
  });

  test('ends with 0 where nothing is worse, also where it is not clear', async () => {
    expect((await compare(run(1), run(1.05))).code).toBe(0);
    expect((await compare(run(1), run(0.5))).code).toBe(0);
    expect((await compare(runsOf(2, 1, 0), runsOf(2, 2, 0))).code).toBe(0);
  });

  test('a run that is named twice is refused, also as a copy', async () => {
    const directory = await tempDir();
    const [one, copy] = [join(directory, 'one.json'), join(directory, 'copy.json')];
    for (const path of [one, copy]) await writeFile(path, recordToJson(runOf(1)));
    const process = new FakeProcess(['compare', one, copy]);
    expect(await main(process)).toBe(2);
    expect(process.stderr.text).toContain(`${one} and ${copy} are the same run`);
    const again = new FakeProcess(['compare', one, one, '--to', copy, copy]);
    expect(await main(again)).toBe(2);
    expect(again.stderr.text).toContain(`${one} is named twice`);
  });

  test('--tolerance moves the limit of single runs', async () => {
    expect((await compare(run(1), run(1.5), '--tolerance', '80%')).code).toBe(0);
  });

  test('--metric decides by that alone', async () => {
    expect((await compare(run(1), run(1.5), '--metric', 'ack_ratio')).code).toBe(0);
    expect((await compare(run(1), run(1.5), '--metric', 'connect_latency p50')).code).toBe(0);
    expect((await compare(run(1), run(1.5), '--metric', 'ack_latency p50')).code).toBe(98);
  });

  test('many runs a side after --to are judged statistically', async () => {
    const { code, stdout } = await compare(
      runsOf(4, 1, 0.01, 1),
      runsOf(4, 1.3, 0.01, 2),
      '--format',
      'json',
    );
    const comparison = comparisonSchema.parse(JSON.parse(stdout));
    expect(code).toBe(98);
    expect(comparison).toMatchObject({ method: 'statistical', verdict: 'worse' });
    expect(comparison.candidate).toHaveLength(4);
  });

  test('--cross-host allows another machine', async () => {
    const elsewhere = [named('run.json', runOf(1, { environment: { ...runOf(1).environment, cpus: 64 } }))];
    expect(await compare(run(1), elsewhere)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/another machine.*\n.*hint: .*--cross-host/s),
    });
    expect((await compare(run(1), elsewhere, '--cross-host')).code).toBe(0);
  });
});
