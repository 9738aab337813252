import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ciReporter } from '../../../src/cli/ci.ts';
import { main } from '../../../src/cli/main.ts';
import { FakeProcess } from '../../support/fake-process.ts';
import { sampleRecord } from '../../support/sample-record.ts';
import { tempDir } from '../../support/temp-dir.ts';

describe('a run in GitHub Actions', () => {
  test('shows what failed as annotations and adds its report to the step summary', async () => {
    const path = join(await tempDir(), 'summary.md');
    await writeFile(path, '# before\n');
    const process = new FakeProcess([], { GITHUB_STEP_SUMMARY: path });
    await ciReporter(process).onRecord?.(sampleRecord('fail'));
    expect(process.stderr.text).toMatch(/^::error title=relay-bench/);
    expect(process.stdout.text).toBe('');
    expect(await readFile(path, 'utf8')).toMatch(/^# before\n## ❌ FAIL: quick/);
  });

  test('elsewhere needs no summary', async () => {
    const process = new FakeProcess();
    await ciReporter(process).onRecord?.(sampleRecord('pass'));
    expect(process.stderr.text).toBe('');
  });

  test('says where a summary can not be written', async () => {
    const process = new FakeProcess([], { GITHUB_STEP_SUMMARY: await tempDir() });
    const reported = ciReporter(process).onRecord?.(sampleRecord('pass'));
    await expect(reported).rejects.toMatchObject({ code: 'FILE_NOT_WRITTEN' });
  });
});

interface Action {
  readonly inputs: Record<string, { readonly default: string }>;
  readonly runs: {
    readonly steps: readonly { readonly id?: string; readonly run?: string; readonly env?: object }[];
  };
}

describe('the composite action', () => {
  const read = async (): Promise<Action> =>
    parse(await readFile(new URL('../../../action.yml', import.meta.url), 'utf8')) as Action;

  /** Runs the script of the action with a program in place of relay-bench that prints its arguments. */
  async function run(inputs: Readonly<Record<string, string>>, exitCode = 0) {
    const { runs } = await read();
    const script = runs.steps.find(({ id }) => id === 'run')?.run ?? '';
    const directory = await tempDir();
    const output = join(directory, 'output');
    await mkdir(join(directory, 'bin'));
    const program = `console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = ${exitCode};`;
    await writeFile(join(directory, 'bin/relay-bench.js'), program);
    const env = { SCENARIO: 'quick', RELAY: '', GATES: '', BASELINE: '', ARGS: '', OUT: 'out', ...inputs };
    const { stdout } = await promisify(execFile)('bash', ['-c', script], {
      env: { PATH: process.env['PATH'] ?? '', ACTION_PATH: directory, GITHUB_OUTPUT: output, ...env },
    }).catch((error: { code: number; stdout: string }) => error);
    return { args: JSON.parse(stdout) as string[], output: await readFile(output, 'utf8') };
  }

  test('passes its inputs on as they are, without an interpretation by the shell', async () => {
    const { args } = await run({
      RELAY: 'ws://127.0.0.1:7777',
      GATES: 'ack_latency p99 < 250ms\n\ndelivery_ratio >= 99%\n',
      ARGS: '--rate=100\n$(touch pwned)',
    });
    expect(args).toEqual([
      ...['run', 'quick', '--ci', '--out', 'out', '--relay', 'ws://127.0.0.1:7777'],
      ...[
        '--gate',
        'ack_latency p99 < 250ms',
        '--gate',
        'delivery_ratio >= 99%',
        '--rate=100',
        '$(touch pwned)',
      ],
    ]);
  });

  test('gives the exit code on', async () => {
    expect((await run({}, 99)).output).toBe('exit-code=99\n');
  });

  test('uses only flags that exist', async () => {
    const { args } = await run({ RELAY: 'x', GATES: 'x', BASELINE: 'x' });
    const help = new FakeProcess(['run', '--help']);
    await main(help);
    for (const flag of args.filter((arg) => arg.startsWith('--')))
      expect(help.stdout.text).toContain(`${flag} `);
  });

  test('every variable of the script is an input', async () => {
    const { runs, inputs } = await read();
    const env = Object.values(runs.steps.find(({ id }) => id === 'run')?.env ?? {}).join('\n');
    for (const name of Object.keys(inputs)) expect(env).toContain(`inputs.${name}`);
  });
});
