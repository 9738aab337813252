import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRunRecord } from '../../src/record/read.ts';
import { startBuiltRelay } from '../support/built-relay.ts';
import { expectNothingMarked, MARK, newMark, untilMarked } from '../support/marked-processes.ts';
import { type CliResult, runCli, startCli } from '../support/run-cli.ts';

// `run --relay NAME=COMMAND` of the built program against the built reference relay, in all the ways in which such a run
// ends. Whether a busy machine leaves it valid is not asserted.

const RELAY = fileURLToPath(new URL('../../dist/relay/main.js', import.meta.url));
const OURS = `${process.execPath} ${RELAY} --port {port}`;
/** Keeps something in its directory, floods its log, has a child beside the relay, and ignores SIGTERM. */
const UNRULY = `sh -c 'trap "" TERM; head -c 1000000 /dev/zero > "{dir}/data"; head -c 20000000 /dev/zero | tr "\\0" x; echo; ${OURS} & while true; do wait; sleep 1; done'`;

const SCENARIO = `
name: started
description: A little publishing and querying.
connections: { count: 6 }
corpus: { events: 60 }
workloads:
  publish: { rate: 60/s }
  query: { rate: 20/s, filters: [{ name: feed, filter: { kinds: [1], limit: 20 } }] }
warmup: 500ms
phases: [{ name: steady, duration: 3s }]
drain: 2s
`;
const FAULTS = `
faults:
  - { at: 500ms, action: kill, on: relay, for: 500ms }
`;
const VERDICTS = [0, 99, 103];

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'relay-bench-e2e-'));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

interface Place {
  readonly scenario: string;
  readonly out: string;
  readonly env: Readonly<Record<string, string>>;
  readonly mark: string;
}

/** A directory with a scenario; its relays have their data in it. */
async function place(more = ''): Promise<Place> {
  const directory = await mkdtemp(join(root, 'run-'));
  const scenario = join(directory, 'started.yaml');
  await writeFile(scenario, SCENARIO + more);
  const mark = newMark();
  const env = { [MARK]: mark, XDG_STATE_HOME: directory, TMPDIR: directory };
  return { scenario, out: join(directory, 'out'), env, mark };
}

function run({ scenario, out, env }: Place, ...args: readonly string[]): Promise<CliResult> {
  return runCli(['run', scenario, '--out', out, ...args], { env });
}

/** Neither a process nor the directory of a relay. */
async function expectNothingLeft({ env, mark }: Place): Promise<void> {
  await expectNothingMarked(mark);
  const names = await readdir(env['TMPDIR'] ?? '');
  expect(names.filter((name) => name.startsWith('relay-bench-relay-'))).toEqual([]);
}

describe('a run that starts its relay, however unruly', () => {
  let at: Place;
  let result: CliResult;
  let record: Awaited<ReturnType<typeof readRunRecord>>;
  beforeAll(async () => {
    at = await place();
    result = await run(at, '--relay', `mine=${UNRULY}`, '--audit');
    record = await readRunRecord(join(at.out, 'run.json'));
  });

  test('carries out its load', () => {
    expect(VERDICTS, result.stderr).toContain(result.exitCode);
    expect(record.counters.events_accepted).toBe(record.counters.events_sent);
    expect(record.counters.queries_completed).toBe(record.counters.queries_sent);
    expect(record.counters.events_sent).toBeGreaterThan(0);
  });

  test('says what it has started, and calls it by its name', () => {
    expect(record.target).toMatchObject({
      kind: 'url',
      urls: [expect.stringMatching(/^ws:\/\/127\.0\.0\.1:/)],
    });
    expect(record.target.relays).toEqual([
      {
        name: 'mine',
        url: record.target.urls[0],
        command: UNRULY,
        log: 'relay-mine.log',
        readyMs: expect.any(Number),
        dataBytes: expect.any(Number),
      },
    ]);
    expect(record.target.relays?.[0]?.dataBytes).toBeGreaterThanOrEqual(1e6);
    expect(result.stdout).toContain('Started for the run');
    expect(result.stdout).toMatch(/asked: started: .*?\bmine\n/s);
  });

  test('samples it with its children', () => {
    const [component] = record.components;
    expect(component).toMatchObject({ name: 'mine', role: 'started relay' });
    // The relay itself is a child of the shell that was started.
    expect(component?.rssMax_bytes).toBeGreaterThan(30e6);
    expect(component?.cpu_s).toBeGreaterThan(0);
    expect(component?.figures?.['data_bytes_max']).toBeGreaterThanOrEqual(1e6);
    expect(component?.samples?.at(-1)?.descriptors).toBeGreaterThan(6);
  });

  test('keeps the beginning and the end of its log beside the record, and names it among the files', async () => {
    const log = await readFile(join(at.out, 'relay-mine.log'), 'latin1');
    expect(log).toMatch(/^\[relay-bench\] \S+ port \d+: sh -c/);
    expect(log).toMatch(/\[relay-bench\] \d+ bytes are left out here/);
    expect(log).toContain('"ready":true');
    expect(log.length).toBeLessThan(9e6);
    expect(result.stdout).toContain(join(at.out, 'relay-mine.log'));
  });

  test('leaves nothing behind, though it ignores SIGTERM', () => expectNothingLeft(at));

  test('can not be audited later: the relay is gone', async () => {
    const { exitCode, stderr } = await runCli(['audit', join(at.out, 'run.json')]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('the relay mine of this run is gone');
  });
});

describe.concurrent('a command that gives no relay', () => {
  test.each([
    [
      'fails',
      `sh -c 'echo no database at /srv >&2; exit 7' {port}`,
      /the command of mine ended with exit code 7: no database at \/srv/,
    ],
    ['is none', 'no-such-relay {port}', /the command of mine ended with exit code 127: .*no-such-relay/],
  ])('ends the run with exit 3 and the end of its log where it %s', async (_, command, says) => {
    const at = await place();
    const { exitCode, stdout, stderr } = await run(at, '--relay', `mine=${command}`);
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr).toContain(join(at.out, 'relay-mine.log'));
    expect(await readdir(at.out)).toEqual(['relay-mine.log']);
    await expectNothingLeft(at);
  });
});

describe.concurrent('a relay that ends under load', () => {
  test('by itself fails the run, which says how it ended and what it said last', async ({
    onTestFinished,
  }) => {
    const at = await place();
    const order = `${at.out}-die`;
    const dies = `sh -c '${OURS} & until [ -e ${order} ]; do sleep 0.2; done; sleep 1; echo out of memory; kill -9 $!; exit 9'`;
    const args = ['--out', at.out, '--relay', `mine=${dies}`, '--duration', '4s', '--progress', 'plain'];
    const cli = startCli(['run', at.scenario, ...args], { env: at.env });
    onTestFinished(() => cli.stop());
    await cli.until(/load starts/);
    await writeFile(order, '');
    const { exitCode, stdout } = await cli.result;
    expect(exitCode).toBe(99);
    const { caveats } = await readRunRecord(join(at.out, 'run.json'));
    expect(caveats).toContainEqual(
      expect.stringMatching(
        /^the relay mine ended with exit code 9 before the run was over; .*out of memory/,
      ),
    );
    expect(stdout).toContain('out of memory');
    await expectNothingLeft(at);
  });

  test('because a scenario kills it is started again at its address', async () => {
    const at = await place(FAULTS);
    const { exitCode, stderr } = await run(at, '--relay', `mine=${OURS}`, '--reconnect', '--duration', '5s');
    expect(VERDICTS, stderr).toContain(exitCode);
    const { faults, caveats } = await readRunRecord(join(at.out, 'run.json'));
    expect(faults).toMatchObject([{ action: 'kill', on: 'relay', parts: ['relay'], problem: null }]);
    expect(caveats.join()).not.toContain('ended with');
    const log = await readFile(join(at.out, 'relay-mine.log'), 'utf8');
    expect(log.match(/"ready":true/g)).toHaveLength(2);
    await expectNothingLeft(at);
  });
});

// Under load: nothing-left.test.ts.
test('a run that is interrupted while its relay starts leaves nothing behind but its log', async () => {
  const at = await place();
  const args = ['--relay', 'mine=sleep 100 {port}', '--out', at.out];
  const cli = startCli(['run', at.scenario, ...args], { env: at.env });
  try {
    // The command, the guard of its relay, and the relay.
    await untilMarked(at.mark, 3);
    cli.child.kill('SIGINT');
    const { exitCode } = await cli.result;
    expect(exitCode).toBe(130);
    await expectNothingLeft(at);
    expect(existsSync(join(at.out, 'relay-mine.log'))).toBe(true);
  } finally {
    await cli.stop();
  }
});

describe.concurrent('a relay that runs already', () => {
  test('is sampled where --process names it', async ({ onTestFinished }) => {
    const relay = await startBuiltRelay();
    onTestFinished(() => relay.stop());
    const at = await place();
    const { exitCode, stdout } = await run(
      at,
      ...['--relay', `mine=${relay.url}`, '--process', String(relay.ready.pid), '--duration', '2s'],
    );
    expect(VERDICTS).toContain(exitCode);
    const { components, target, caveats } = await readRunRecord(join(at.out, 'run.json'));
    expect(components).toMatchObject([{ name: 'mine', role: 'running relay', pid: relay.ready.pid }]);
    expect(components[0]?.cpu_s).toBeGreaterThan(0);
    expect(components[0]?.samples?.[0]?.descriptors).toBeGreaterThan(0);
    expect(target.relays).toMatchObject([{ name: 'mine', command: null, log: null }]);
    expect(caveats.join()).not.toContain("can't be read");
    expect(stdout).toContain('running relay');
  });

  test('is refused where --process names nobody', async () => {
    const gone: ChildProcess = spawn('true', { stdio: 'ignore' });
    await once(gone, 'exit');
    const at = await place();
    const { exitCode, stderr } = await run(at, '--relay', 'ws://127.0.0.1:1', '--process', String(gone.pid));
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      `error: --process ${gone.pid}: no such process runs\nhint: find the process of the relay with \`pgrep -a NAME\` or \`ss -ltnp\`\n`,
    );
    expect(existsSync(at.out)).toBe(false);
  });
});
