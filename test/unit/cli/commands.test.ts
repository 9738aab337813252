import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import type { RunRecord } from '../../../src/record/schema.ts';
import { recordToJson } from '../../../src/record/write.ts';
import { FakeProcess } from '../../support/fake-process.ts';
import { historyFile } from '../../support/histories.ts';
import { sampleRecord } from '../../support/sample-record.ts';
import { tempDir } from '../../support/temp-dir.ts';

// Commands whose work is tested elsewhere, from their words to what they print.

async function cli(args: readonly string[], env: Record<string, string> = {}) {
  const process = new FakeProcess(args, env);
  const code = await main(process);
  return { code, stdout: process.stdout.text, stderr: process.stderr.text };
}

/** A run in a folder of its own, with the history of what it has published: nothing. */
async function runOf(changes: Partial<RunRecord>): Promise<string> {
  const dir = join(await tempDir(), 'run');
  await mkdir(dir);
  await writeFile(join(dir, 'run.json'), recordToJson({ ...sampleRecord('pass'), ...changes }));
  await copyFile(await historyFile([]), join(dir, 'history.bin'));
  return join(dir, 'run.json');
}

describe('audit', () => {
  const target = sampleRecord('pass').target;

  test.each([
    ['embedded', 'embedded relay'],
    ['stack', 'stack'],
  ] as const)('of a run against the %s that is gone says so, and what to name', async (kind, what) => {
    const record = await runOf({ target: { ...target, kind } });
    const { code, stderr } = await cli(['audit', record, '--stack-dir', await tempDir()]);
    expect(code).toBe(3);
    expect(stderr).toContain(`the ${what} of this run is gone`);
    expect(stderr).toContain('--relay');
  });

  test('of a run against a relay asks the relay that the run has loaded', async () => {
    const record = await runOf({ target: { ...target, kind: 'url', urls: ['ws://127.0.0.1:1/'] } });
    const { code, stderr } = await cli(['audit', record]);
    expect(code).toBe(3);
    expect(stderr).toContain('ws://127.0.0.1:1/ could not be audited');
  });
});

describe('versus', () => {
  test.each([
    ['one relay', ['a=ws://127.0.0.1:1'], 'versus needs at least two relays'],
    ['two relays of one name', ['a=ws://127.0.0.1:1', 'a=ws://127.0.0.1:2'], 'two relays have the same name'],
  ])('refuses %s before it loads anything', async (_, relays, message) => {
    const { code, stderr } = await cli(['versus', ...relays.flatMap((relay) => ['--relay', relay])]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('doctor', () => {
  test('judges this machine as it is', async () => {
    const { code, stdout } = await cli(['doctor']);
    expect([0, 3]).toContain(code);
    expect(stdout).toContain(process.version);
  });
});

describe('compare', () => {
  test('adds its table to the summary of a step where there is one', async () => {
    const [base, candidate] = [
      await runOf({}),
      await runOf({ runId: '00000000-0000-4000-8000-000000000002' }),
    ];
    const summary = join(await tempDir(), 'summary.md');
    const { code, stderr } = await cli(['compare', base, candidate, '--ci'], {
      GITHUB_STEP_SUMMARY: summary,
    });
    expect([0, 98], stderr).toContain(code);
    expect(await readFile(summary, 'utf8')).toContain('| ');
  });
});
