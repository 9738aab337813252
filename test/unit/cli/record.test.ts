import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { recordingText, soFarText } from '../../../src/cli/record/texts.ts';
import { LatencyHistogram } from '../../../src/metric/histogram.ts';
import { lineOfStep } from '../../../src/trace/format.ts';
import type { TraceTally } from '../../../src/trace/trace-writer.ts';
import { eventually } from '../../support/eventually.ts';
import { FakeProcess } from '../../support/fake-process.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'relay-bench-record-'));
});
afterAll(() => rm(root, { recursive: true }));

async function cli(args: readonly string[]) {
  const process = new FakeProcess(args);
  const code = await main(process);
  return { code, stdout: process.stdout.text, stderr: process.stderr.text };
}

const RECORD = ['record', '--listen', '0', '--relay', 'ws://127.0.0.1:9'];

describe('record', () => {
  test('writes a trace until a signal, which is its normal end', async () => {
    const dir = join(root, 'normal');
    const process = new FakeProcess([...RECORD, '--out', dir]);
    const ended = main(process);
    await eventually('the proxy', () => process.stderr.text.includes('recording ws://127.0.0.1:'));
    process.emit('SIGINT');
    expect(await ended).toBe(0);
    expect(process.stdout.text).toContain(`relay-bench run replay --trace ${dir}`);
    expect(process.stdout.text).toContain('0 opened, 0 closed');
    expect(await readFile(join(dir, 'trace-0001.jsonl'), 'utf8')).toMatch(
      /^\{"trace":"relay-bench","version":1,.*"ids":"mapped","content":"dropped","part":1\}\n$/,
    );
  });

  test('takes the place of no other trace', async () => {
    const dir = await mkdtemp(join(root, 'taken-'));
    await writeFile(join(dir, 'trace-0001.jsonl'), '');
    expect(await cli([...RECORD, '--out', dir])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is a trace already'),
    });
  });

  test('a port that is taken leaves nothing behind', async () => {
    const first = new FakeProcess([...RECORD, '--out', join(root, 'first')]);
    const ended = main(first);
    await eventually('the proxy', () => /127\.0\.0\.1:\d+ →/.test(first.stderr.text));
    const [, port = ''] = /127\.0\.0\.1:(\d+) →/.exec(first.stderr.text) ?? [];
    const dir = join(root, 'second');
    const second = await cli(['record', '--listen', port, '--relay', 'ws://127.0.0.1:9', '--out', dir]);
    expect(second).toMatchObject({ code: 3, stderr: expect.stringContaining(`port ${port}`) });
    await expect(readdir(dir)).rejects.toThrow('ENOENT');
    first.emit('SIGTERM');
    expect(await ended).toBe(0);
  });

  test.each([
    [['record', '--listen', '0', '--relay', 'ws://203.0.113.1'], '--i-own-this-relay'],
    [['record', '--relay', 'ws://127.0.0.1:9'], '--listen'],
    [[...RECORD, '--rotate', '1B'], 'at least 10KB'],
    [[...RECORD, '--limit', 'much'], 'at least 10KB'],
  ])('%j is refused', async (args, problem) => {
    expect(await cli(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(problem) });
  });
});

describe('what is said of a recording', () => {
  const added = new LatencyHistogram();
  for (let us = 1; us <= 2_000; us++) added.record(us);
  const proxy = { open: 3, unreached: 0, problem: null, addedLatency: () => added.summary() };
  const tally = (changes: Partial<TraceTally> = {}): TraceTally => ({
    ...{ files: ['a'], bytes: 2_048, unrecorded: { limit: 0, disk: 0 } },
    recorded: new Map([
      ['open', 4],
      ['REQ', 1_200],
      ['other', 2],
    ]),
    ...changes,
  });

  test('while it goes on', () => {
    expect(soFarText(proxy, tally())).toMatch(
      /^3 connections open; 1,200 REQ, 0 EVENT, 0 CLOSE; 2 KiB; adds at most/,
    );
    expect(soFarText(proxy, tally({ unrecorded: { limit: 1, disk: 2 } }))).toContain('3 steps not recorded');
  });

  test('when it is over', () => {
    const text = recordingText(proxy, tally(), 'dir');
    expect(text).toMatch(
      /added latency {3}adds at most 1\.00 ms \(p50\), 1\.98 ms \(p99\), 2\.00 ms \(max\) to 2,000 pieces/,
    );
    expect(text).toContain('passed on only  2 messages that a trace does not hold');
    expect(text).not.toContain('not recorded');
  });

  test('what is missing, and why', () => {
    const text = recordingText(
      { ...proxy, unreached: 2, problem: 'refused \u001b[31m' },
      tally({ unrecorded: { limit: 5, disk: 6 } }),
      'dir',
    );
    expect(text).toContain('5 steps: --limit was reached');
    expect(text).toContain('6 steps: the disk did not keep up');
    expect(text).toContain('2 connections, the last: refused');
    expect(text).not.toContain('\u001b');
  });
});

describe('run replay', () => {
  async function traceOf(seconds: number): Promise<string> {
    const file = join(root, `${seconds}.jsonl`);
    const head = {
      trace: 'relay-bench',
      version: 1,
      startedAt: '',
      ids: 'mapped',
      content: 'dropped',
      part: 1,
    };
    const steps = [
      lineOfStep({ what: 'open', atUs: 500_000, connection: 0 }),
      lineOfStep({ what: 'AUTH', atUs: 600_000, connection: 0 }),
      lineOfStep({ what: 'close', atUs: 500_000 + seconds * 1e6, connection: 0, isAnswered: true }),
    ];
    await writeFile(file, [JSON.stringify(head), ...steps, ''].join('\n'));
    return file;
  }

  test('lasts as long as its trace, or as the factor makes it', async () => {
    const file = await traceOf(30);
    const whole = await cli(['plan', 'replay', '--trace', file]);
    expect(whole.stdout).toMatch(/duration {7}30\.1 s/);
    expect(whole.stdout).toContain('1 are not offered again');
    expect((await cli(['plan', 'replay', '--trace', file, '--load-factor', '3'])).stdout).toMatch(
      /duration {7}10\.1 s/,
    );
    expect((await cli(['plan', 'replay', '--trace', file, '--duration', '5s'])).stdout).toMatch(
      /duration {7}5\.00 s/,
    );
  });

  test('needs a trace', async () => {
    expect(await cli(['plan', 'replay'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('needs a trace'),
    });
  });

  test('a trace is for a scenario that offers one', async () => {
    expect(await cli(['plan', 'quick', '--trace', await traceOf(1)])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--trace needs a scenario that replays one'),
    });
  });

  test('what is no trace is named', async () => {
    const file = join(root, 'no-trace');
    await writeFile(file, 'hello');
    expect(await cli(['plan', 'replay', '--trace', file])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is no JSON'),
    });
  });
});
