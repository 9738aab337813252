import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordToJson } from '../../src/record/write.ts';
import { runCli } from '../support/run-cli.ts';
import { runMain } from '../support/run-main.ts';
import { sampleRecord } from '../support/sample-record.ts';

// Every bad input of the contract, typed at the built command line: its exit code, one readable line and a hint on
// stderr, nothing on stdout, no report left behind. What the program itself makes of the code and the streams is at the
// end, with a code of each kind.

let directory = '';
const inDirectory = (name: string): string => join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-bad-'));
  const scenario = (await runMain(['scenarios', 'show', 'quick'])).stdout;
  await Promise.all([
    writeFile(inDirectory('key.yaml'), scenario.replace('connections:', 'conections:')),
    writeFile(inDirectory('gate.yaml'), `${scenario}\ngates:\n  - ack_latncy p95 < 100ms\n`),
    writeFile(inDirectory('broken.yaml'), 'name: [quick\n'),
    writeFile(inDirectory('run.json'), recordToJson(sampleRecord('pass'))),
    writeFile(inDirectory('invalid.json'), recordToJson({ ...sampleRecord('invalid'), runId: 'another' })),
    writeFile(inDirectory('again.json'), recordToJson({ ...sampleRecord('pass'), runId: 'again' })),
    writeFile(inDirectory('cut.json'), recordToJson(sampleRecord('pass')).slice(0, 500)),
    writeFile(inDirectory('other.json'), '{"name": "not a run"}'),
    writeFile(inDirectory('newer.json'), JSON.stringify({ ...sampleRecord('pass'), schemaVersion: '2.0.0' })),
    writeFile(inDirectory('file'), ''),
  ]);
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

/** A port of this machine that nothing listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface BadInput {
  readonly it: string;
  readonly args: readonly string[];
  readonly exitCode: number;
  /** Of the first line on stderr. */
  readonly says: RegExp;
  readonly hint?: RegExp;
}

async function expectRefusal({ args, exitCode, says, hint }: BadInput): Promise<void> {
  const cwd = await mkdtemp(inDirectory('cwd-'));
  const result = await runMain(args, { cwd });
  const lines = result.stderr.trimEnd().split('\n');
  expect(lines[0]).toMatch(says);
  expect(lines[0]).toMatch(/^error: /);
  expect(lines.at(-1)).toMatch(hint ?? /^hint: \S/);
  expect(result.stderr).not.toMatch(/^\s+at /m);
  expect({ exitCode: result.exitCode, stdout: result.stdout }).toEqual({ exitCode, stdout: '' });
  expect(await readdir(cwd)).toEqual([]);
}

describe('usage', () => {
  test.each<BadInput>([
    {
      it: 'unknown command',
      args: ['rnu'],
      exitCode: 2,
      says: /unknown command 'rnu'/,
      hint: /did you mean run/,
    },
    {
      it: 'unknown command, nothing close',
      args: ['frobnicate'],
      exitCode: 2,
      says: /unknown command 'frobnicate'/,
      hint: /relay-bench --help/,
    },
    {
      it: 'unknown flag',
      args: ['run', '--conections', '5'],
      exitCode: 2,
      says: /unknown option '--conections'/,
      hint: /--connections/,
    },
    {
      it: 'flag of a later version',
      args: ['run', '--of-a-later-version', 'x'],
      exitCode: 2,
      says: /unknown option '--of-a-later-version'/,
    },
    { it: 'flag without value', args: ['run', '--rate'], exitCode: 2, says: /'--rate <n>' argument missing/ },
    { it: 'too many arguments', args: ['run', 'quick', 'publish'], exitCode: 2, says: /too many arguments/ },
    {
      it: '--connections 0',
      args: ['run', '--connections', '0'],
      exitCode: 2,
      says: /'0' is invalid.*from 1/,
    },
    { it: '--rate abc', args: ['run', '--rate', 'abc'], exitCode: 2, says: /'abc' is invalid.*above zero/ },
    { it: '--rate 0', args: ['run', '--rate', '0'], exitCode: 2, says: /'0' is invalid.*above zero/ },
    { it: '--duration 5', args: ['run', '--duration', '5'], exitCode: 2, says: /'5' is invalid.*unit/ },
    { it: '--warmup -1s', args: ['run', '--warmup', '-1s'], exitCode: 2, says: /'-1s' is invalid.*unit/ },
    { it: '--workers 0', args: ['run', '--workers', '0'], exitCode: 2, says: /'0' is invalid.*from 1/ },
    { it: '--seed x', args: ['run', '--seed', 'x'], exitCode: 2, says: /'x' is invalid.*whole number/ },
    {
      it: 'more workers than the scenario can use',
      args: ['run', '--connections', '8', '--workers', '9'],
      exitCode: 2,
      says: /9 workers can't carry out this scenario/,
    },
    {
      it: '--progress loud',
      args: ['run', '--progress', 'loud'],
      exitCode: 2,
      says: /'loud' is invalid.*plain/,
    },
    { it: '--format pdf', args: ['run', '--format', 'pdf'], exitCode: 2, says: /'pdf' is invalid.*terminal/ },
    {
      it: 'two formats for stdout',
      args: ['run', '--format', 'terminal,json'],
      exitCode: 2,
      says: /both terminal and json on stdout/,
    },
    {
      it: 'no WebSocket address',
      args: ['run', '--relay', 'http://me:secret@127.0.0.1'],
      exitCode: 2,
      says: /^(?!.*secret).*is not a relay address/,
    },
    {
      it: 'an address in place of a scenario',
      args: ['run', 'ws://me:secret@127.0.0.1'],
      exitCode: 2,
      says: /^(?!.*secret)/,
      hint: /--relay/,
    },
    { it: 'relay port', args: ['relay', '--port', '70000'], exitCode: 2, says: /'70000' is invalid/ },
    { it: 'relay store', args: ['relay', '--store', 'disk'], exitCode: 2, says: /--store "disk" is unknown/ },
    {
      it: 'relay replica without Postgres',
      args: ['relay', '--replica', 'postgres://localhost/x'],
      exitCode: 2,
      says: /--replica needs a Postgres store/,
    },
  ])('$it', expectRefusal);
});

describe('scenarios', () => {
  test.each<BadInput>([
    {
      it: 'unknown scenario',
      args: ['run', 'standart'],
      exitCode: 2,
      says: /no built-in scenario "standart" \(did you mean "standard"\?\)/,
      hint: /quick/,
    },
    {
      it: 'missing file',
      args: ['plan', './none.yaml'],
      exitCode: 2,
      says: /there is no file \.\/none\.yaml/,
    },
    { it: 'a directory', args: ['plan', './'], exitCode: 2, says: /can't be read/ },
    {
      it: 'unknown subcommand',
      args: ['scenarios', 'ls'],
      exitCode: 2,
      says: /unknown command 'scenarios ls'/,
    },
    { it: 'nothing to show', args: ['scenarios', 'show'], exitCode: 2, says: /missing required argument/ },
  ])('$it', expectRefusal);

  test.each([
    ['key.yaml', /^ {2}\d+:\d+ .*conections.*connections/m],
    ['gate.yaml', /^ {2}\d+:\d+ gates\.0: .*ack_latncy.*ack_latency/m],
    ['broken.yaml', /^ {2}\d+:\d+ /m],
  ])('%s: its problem is shown with line and column', async (file, problem) => {
    for (const command of [['run'], ['plan'], ['scenarios', 'validate']]) {
      const result = await runMain([...command, inDirectory(file)]);
      expect(result).toMatchObject({ exitCode: 2, stdout: '' });
      expect(result.stderr).toMatch(problem);
    }
  });
});

describe('gates', () => {
  test.each<BadInput>([
    {
      it: 'unknown metric in a run',
      args: ['run', '--gate', 'ack_latncy p95 < 100ms'],
      exitCode: 2,
      says: /ack_latncy.*ack_latency/,
    },
    {
      it: 'metric that the scenario can not produce',
      args: ['run', 'publish', '--gate', 'eose_latency p95 < 100ms'],
      exitCode: 2,
      says: /eose_latency needs a query workload/,
    },
    {
      it: 'limit without unit',
      args: ['run', '--gate', 'ack_latency p95 < 100'],
      exitCode: 2,
      says: /has no unit/,
    },
    {
      it: 'window that does not fit into the run',
      args: ['run', '--gate', 'ack_latency p95 < 1s over 60s'],
      exitCode: 2,
      says: /a window of 60 s does not fit: the measured phases last 12 s/,
    },
    {
      it: 'window that is too short for its percentile',
      args: ['run', '--gate', 'ack_latency p99 < 1s over 2s'],
      exitCode: 2,
      says: /about 400 samples fall into 2 s; p99 needs 1000/,
    },
    {
      it: 'window of a counter',
      args: ['run', '--gate', 'notices == 0 over 2s'],
      exitCode: 2,
      says: /notices has no windows/,
    },
    {
      it: 'gate without gates',
      args: ['gate', 'run.json'],
      exitCode: 2,
      says: /'--gate <expr\.\.\.>' not specified/,
    },
    {
      it: 'gate without a file',
      args: ['gate', '--gate', 'notices == 0'],
      exitCode: 2,
      says: /missing required argument/,
    },
  ])('$it', expectRefusal);

  test('unknown metric for a finished run', async () => {
    const result = await runMain(['gate', inDirectory('run.json'), '--gate', 'nonsense == 0']);
    expect(result).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(/^error: .*nonsense/),
    });
  });

  test('a gate without data fails with exit 99 and says why', async () => {
    const args = ['gate', inDirectory('run.json'), '--gate', 'reject_latency p95 < 100ms'];
    const result = await runMain(args);
    expect(result).toMatchObject({ exitCode: 99, stderr: '' });
    expect(result.stdout).toMatch(/^no-data +reject_latency p95 < 100ms {2}\S/);
  });
});

describe('report files', () => {
  test.each([
    ['cut.json', /not JSON/],
    ['other.json', /schemaVersion/],
    ['newer.json', /differs in its major version/],
    ['none.json', /ENOENT/],
    ['', /EISDIR|directory/],
  ])('"%s" is refused by report and gate', async (file, says) => {
    for (const args of [
      ['report', inDirectory(file)],
      ['gate', inDirectory(file), '--gate', 'notices == 0'],
    ]) {
      const result = await runMain(args);
      expect(result).toMatchObject({ exitCode: 2, stdout: '' });
      expect(result.stderr.split('\n')[0]).toMatch(says);
    }
  });

  test('an unknown format', async () => {
    const result = await runMain(['report', inDirectory('run.json'), '--format', 'pdf']);
    expect(result).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^error: .*'pdf' is invalid/),
    });
  });
});

describe('comparisons', () => {
  test.each<BadInput>([
    {
      it: 'one file',
      args: ['compare', 'a.json'],
      exitCode: 2,
      says: /base and a candidate; 1 files/,
      hint: /--to/,
    },
    { it: 'no file', args: ['compare'], exitCode: 2, says: /missing required argument 'run\.json'/ },
    {
      it: 'a file that is not there',
      args: ['compare', 'a.json', 'b.json'],
      exitCode: 2,
      says: /a\.json.*ENOENT/,
    },
    {
      it: '--tolerance large',
      args: ['compare', 'a.json', 'b.json', '--tolerance', 'large'],
      exitCode: 2,
      says: /'large' is invalid.*20%/,
    },
    {
      it: 'unknown format',
      args: ['compare', 'a.json', 'b.json', '--format', 'pdf'],
      exitCode: 2,
      says: /'pdf' is invalid.*terminal/,
    },
  ])('$it', expectRefusal);

  test.each<BadInput>([
    {
      it: 'ab without a base',
      args: ['ab', '--candidate', 'x {port}'],
      exitCode: 2,
      says: /--base.*not specified/,
    },
    {
      it: 'ab with a command that is not told its port',
      args: ['ab', '--base', './relay', '--candidate', './relay'],
      exitCode: 2,
      says: /base: ".\/relay" is neither a relay address nor a command with \{port\}/,
    },
    {
      it: 'ab against a host that is not this machine',
      args: ['ab', '--base', 'ws://192.0.2.1', '--candidate', 'ws://192.0.2.1'],
      exitCode: 2,
      says: /192\.0\.2\.1 needs your consent/,
    },
    { it: 'ab --rounds 0', args: ['ab', '--rounds', '0'], exitCode: 2, says: /'0' is invalid/ },
    {
      it: 'versus one relay',
      args: ['versus', '--relay', 'a=ws://127.0.0.1:1'],
      exitCode: 2,
      says: /versus needs at least two relays/,
    },
    {
      it: 'versus a relay without a name',
      args: ['versus', '--relay', 'ws://me:secret@127.0.0.1:1'],
      exitCode: 2,
      says: /^(?!.*secret).*has no name/,
    },
    {
      it: 'versus two relays of one name',
      args: ['versus', '--relay', 'a=ws://127.0.0.1:1', '--relay', 'a=ws://127.0.0.1:2'],
      exitCode: 2,
      says: /two relays have the same name/,
    },
  ])('$it', expectRefusal);

  test('a baseline of another scenario is refused before the load', async () => {
    await expectRefusal({
      it: '',
      args: ['run', '--baseline', inDirectory('run.json')],
      exitCode: 2,
      says: /these runs can't be compared/,
    });
  });

  test('an invalid run is refused, with the reason', async () => {
    const result = await runMain(['compare', inDirectory('run.json'), inDirectory('invalid.json')]);
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    const [reason] = sampleRecord('invalid').validity.reasons;
    expect(result.stderr).toMatch(/^error: these runs can't be compared:\n {2}/);
    expect(result.stderr).toContain(`invalid.json is invalid: ${reason}\n`);
    expect(result.stderr).toMatch(/\nhint: .*--cross-host/);
  });

  test('a metric that the runs do not have', async () => {
    const files = [inDirectory('run.json'), inDirectory('again.json')];
    const result = await runMain(['compare', ...files, '--metric', 'ack_latncy p95']);
    expect(result).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(/^error: .*did you mean "ack_latency p95"/),
    });
  });
});

describe('targets', () => {
  test('an unreachable relay', async () => {
    await expectRefusal({
      it: '',
      args: ['run', '--relay', `ws://127.0.0.1:${await closedPort()}`],
      exitCode: 3,
      says: /no relay answers at ws:\/\/127\.0\.0\.1:\d+\/: .*ECONNREFUSED/,
    });
  });

  test('a host that is not this machine, without consent: nothing is sent', async () => {
    // 192.0.2.0/24 is TEST-NET-1 (RFC 5737): a connection attempt would only time out.
    await expectRefusal({
      it: '',
      args: ['run', '--relay', 'ws://192.0.2.1'],
      exitCode: 2,
      says: /192\.0\.2\.1 needs your consent/,
      hint: /--i-own-this-relay 192\.0\.2\.1/,
    });
  });

  test('consent for another host is no consent', async () => {
    await expectRefusal({
      it: '',
      args: ['run', '--relay', 'ws://192.0.2.1', '--i-own-this-relay', '192.0.2.2'],
      exitCode: 2,
      says: /192\.0\.2\.1 needs your consent/,
    });
  });

  test('reports that can not be written are noticed before the load', async () => {
    await expectRefusal({
      it: '',
      args: ['run', '--out', inDirectory('file/reports')],
      exitCode: 2,
      says: /can't be written: ENOTDIR/,
      hint: /--out/,
    });
  });

  test('no path hangs: a directory in which nobody can make anything', async () => {
    for (const args of [
      ['run', '--out', '/proc/relay-bench'],
      ['corpus', 'generate', '--events', '10', '--cache', '/proc/relay-bench'],
    ]) {
      await expectRefusal({ it: '', args, exitCode: 2, says: /\/proc\/relay-bench can't be written/ });
    }
  });

  test.each([
    ['a full disk behind stdout', 'exec "$0" "$@" > /dev/full', 2, /stdout can't be written: ENOSPC/],
    ['too few open files to load the program', 'ulimit -n 64; exec "$0" "$@"', 3, /can't be loaded: EMFILE/],
  ])('%s is one line and a hint', async (_, script, exitCode, says) => {
    const args = ['-c', script, process.execPath, 'bin/relay-bench.js', 'plan'];
    const { status, stderr } = spawnSync('bash', args, { encoding: 'utf8' });
    expect(stderr).toMatch(says);
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
    expect(status).toBe(exitCode);
  });

  test('a relay whose port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const result = await runCli(['relay', '--port', String(port)]);
      expect(result).toMatchObject({
        exitCode: 3,
        stdout: '',
        stderr: expect.stringMatching(/^error: .*EADDRINUSE/),
      });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

describe('the program as a process', () => {
  test.each([
    [2, ['run', '--rate', '0']],
    [3, ['run', '--relay', 'ws://127.0.0.1:1']],
    [99, ['gate', 'run.json', '--gate', 'reject_latency p95 < 100ms']],
  ] as const)('ends with %i and prints what the command line printed', async (exitCode, args) => {
    const inside = await runMain(args, { cwd: directory });
    expect(inside.exitCode).toBe(exitCode);
    expect(await runCli(args, { cwd: directory })).toEqual(inside);
  });
});
