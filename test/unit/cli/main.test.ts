import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { recordToJson } from '../../../src/record/write.ts';
import { FakeProcess } from '../../support/fake-process.ts';
import { sampleRecord } from '../../support/sample-record.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-main-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function cli(args: readonly string[], env: Record<string, string> = {}) {
  const process = new FakeProcess(args, env);
  const code = await main(process);
  return { code, stdout: process.stdout.text, stderr: process.stderr.text, process };
}

/** Prints the version where stdout fails with this code. */
async function withBrokenStdout(code: string) {
  const process = new FakeProcess(['--version']);
  const running = main(process);
  process.stdout.emit('error', Object.assign(new Error(`${code}, write`), { code }));
  return { code: await running, stderr: process.stderr.text };
}

async function recordFile(name: Parameters<typeof sampleRecord>[0]): Promise<string> {
  const path = join(directory, `${name}.json`);
  await writeFile(path, recordToJson(sampleRecord(name)));
  return path;
}

describe('the command line', () => {
  test('help lists exactly the commands that exist', async () => {
    const { code, stdout, stderr } = await cli(['--help']);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+)(?: \[| <| {2,}).*$/gm)].map((match) => match[1]);
    expect(commands).toEqual([
      'run',
      'plan',
      'scenarios',
      'gate',
      'report',
      'audit',
      'evidence',
      'diagnose',
      'compare',
      'ab',
      'versus',
      'capacity',
      'suite',
      'calibrate',
      'corpus',
      'agent',
      'relay',
      'record',
      'stack',
      'completion',
      'doctor',
      'help',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  test('the options of run are those that are built', async () => {
    const { stdout } = await cli(['run', '--help']);
    const options = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map((match) => match[1]);
    expect(options).toEqual([
      '--relay',
      '--stack',
      '--stack-dir',
      '--connections',
      '--rate',
      '--load-factor',
      '--duration',
      '--warmup',
      '--workers',
      '--seed',
      '--corpus',
      '--cache',
      '--insecure',
      '--verifier',
      '--trace',
      '--audit',
      '--no-audit',
      '--auth-url',
      '--reconnect',
      '--compression',
      '--gate',
      '--no-default-gates',
      '--abort-on-fail',
      '--agents',
      '--redis',
      '--agent-wait',
      '--on-agent-loss',
      '--out',
      '--format',
      '--process',
      '--ci',
      '--baseline',
      '--progress',
      '--run-salt',
      '--stack-keep',
      '--pin',
      '--clean-up',
      '--i-own-this-relay',
      '--metrics-listen',
      '--pushgateway',
      '--otlp',
      '--relay-metrics',
      '--serve',
      '--help',
      '--version',
      '--color',
      '--no-color',
    ]);
  });

  test('no command at all is a usage error that shows the help on stderr', async () => {
    const { code, stdout, stderr } = await cli([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: relay-bench/);
  });

  test('the version goes to stdout', async () => {
    expect(await cli(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  test('no listener is left on the process', async () => {
    const { process } = await cli(['scenarios']);
    expect(process.eventNames()).toEqual([]);
  });

  test.each(['EPIPE', 'EIO'])('a reader of stdout that has left (%s) does no harm', async (code) => {
    expect(await withBrokenStdout(code)).toMatchObject({ code: 0, stderr: '' });
  });

  test('results that did not reach stdout are one line and exit 2', async () => {
    const { code, stderr } = await withBrokenStdout('ENOSPC');
    expect(code).toBe(2);
    expect(stderr).toBe(
      "error: stdout can't be written: ENOSPC, write\nhint: free some space, or send the output somewhere else\n",
    );
  });

  test('diagnostics that can not be written change no result', async () => {
    const process = new FakeProcess(['--version']);
    const running = main(process);
    process.stderr.emit('error', Object.assign(new Error('ENOSPC, write'), { code: 'ENOSPC' }));
    expect(await running).toBe(0);
  });
});

describe('scenarios', () => {
  test('list is the default and names every built-in', async () => {
    const list = await cli(['scenarios', 'list']);
    expect(await cli(['scenarios'])).toMatchObject({ code: 0, stdout: list.stdout });
    for (const name of ['quick', 'standard', 'publish', 'query', 'fanout', 'connect', 'steps']) {
      expect(list.stdout).toMatch(new RegExp(`^${name} +\\S`, 'm'));
    }
  });

  test('show prints the file as it is written', async () => {
    expect((await cli(['scenarios', 'show', 'quick'])).stdout).toContain('name: quick');
  });

  test('schema prints a JSON Schema', async () => {
    const schema = JSON.parse((await cli(['scenarios', 'schema'])).stdout);
    expect(schema).toMatchObject({ $schema: expect.stringContaining('2020-12'), type: 'object' });
  });

  test('validate accepts what show printed', async () => {
    const path = join(directory, 'copy.yaml');
    await writeFile(path, (await cli(['scenarios', 'show', 'quick'])).stdout);
    expect(await cli(['scenarios', 'validate', path])).toMatchObject({
      code: 0,
      stdout: `${path}: valid, scenario quick\n`,
    });
  });

  test('an unknown word is not taken for list', async () => {
    expect(await cli(['scenarios', 'lst'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('did you mean "list"'),
    });
  });
});

describe('plan', () => {
  test('flags override the values of the scenario', async () => {
    const { code, stdout } = await cli([
      'plan',
      'publish',
      '--rate',
      '7',
      '--duration',
      '3s',
      '--seed',
      '42',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}seed +42$/m);
    expect(stdout).toMatch(/publish +7\/s/);
  });

  test('credentials in a relay address are not shown', async () => {
    const { stdout } = await cli(['plan', '--relay', 'ws://me:secret@127.0.0.1:7777/?token=secret']);
    expect(stdout).toMatch(/targets +ws:\/\/\*\*\*@127\.0\.0\.1:7777\/\?\*\*\*$/m);
    expect(stdout).not.toContain('secret');
  });

  test('own gates stand alone without the default ones', async () => {
    const { stdout } = await cli(['plan', '--no-default-gates', '--gate', 'ack_latency  p99 < 250ms']);
    expect(stdout.match(/^ {2}gate .*$/gm)).toEqual([expect.stringMatching(/ack_latency p99 < 250ms$/)]);
  });
});

describe('gate', () => {
  test('a gate that holds gives exit 0 and its actual value', async () => {
    const { code, stdout } = await cli(['gate', await recordFile('pass'), '--gate', 'ack_latency p95 < 10s']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^pass +ack_latency p95 < 10s {2}actual \S+ .*\n$/);
  });

  test('one failing gate of several gives exit 99', async () => {
    const gates = ['ack_latency p95 < 10s', 'ack_latency p95 < 1us'];
    const { code, stdout } = await cli(['gate', await recordFile('pass'), '--gate', ...gates]);
    expect(code).toBe(99);
    expect(stdout.split('\n').map((line) => line.slice(0, 4))).toEqual(['pass', 'fail', '']);
  });

  test('a gate that the lateness of the generator leaves undecided gives exit 103, unless another is broken', async () => {
    const file = await recordFile('undecided');
    const open = await cli(['gate', file, '--gate', 'ack_latency p95 < 100ms']);
    expect(open.code).toBe(103);
    expect(open.stdout).toMatch(/^undecided {2}ack_latency p95 < 100ms {2}\d+ ms from the schedule/);
    expect(open.stderr).toMatch(/^the run is invalid: ack_latency p95 < 100ms is undecided/);
    const broken = await cli(['gate', file, '--gate', 'ack_latency p95 < 100ms', 'events_sent == 1']);
    expect(broken.code).toBe(99);
  });

  test('a gate that holds all the same gives exit 0, though the run was invalid by another one', async () => {
    const args = ['gate', await recordFile('undecided'), '--gate', 'ack_latency p95 < 1s'];
    expect(await cli(args)).toMatchObject({ code: 0, stderr: '' });
  });

  test('an invalid run gives exit 103 and says why on stderr', async () => {
    const { code, stderr } = await cli([
      'gate',
      await recordFile('invalid'),
      '--gate',
      'ack_latency p95 < 10s',
    ]);
    expect(code).toBe(103);
    expect(stderr).toMatch(/^the run is invalid/);
  });
});

describe('report', () => {
  test('json is the record again, and nothing else is on stdout', async () => {
    const { code, stdout, stderr } = await cli(['report', await recordFile('pass'), '--format', 'json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual(sampleRecord('pass'));
  });

  test('the terminal format is the default, plain on a pipe and coloured where asked', async () => {
    const file = await recordFile('fail');
    const plain = await cli(['report', file]);
    const coloured = await cli(['report', file, '--color']);
    expect(plain.stdout).toContain('FAIL');
    expect(plain.stdout).not.toContain('\u001b[');
    expect(coloured.stdout).toContain('\u001b[');
    expect((await cli(['report', file], { FORCE_COLOR: '1' })).stdout).toBe(coloured.stdout);
    expect((await cli(['--no-color', 'report', file], { FORCE_COLOR: '1' })).stdout).toBe(plain.stdout);
  });

  test('markdown is printed on stdout', async () => {
    expect((await cli(['report', await recordFile('pass'), '--format', 'md'])).stdout).toContain('|');
  });

  test('control characters of a hostile relay never reach the terminal', async () => {
    const { stdout } = await cli(['report', await recordFile('hostile')]);
    expect(stdout).not.toMatch(/[^\n\P{Cc}]|\u202e/u);
  });
});
