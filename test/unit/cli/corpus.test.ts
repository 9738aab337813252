import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { progressText } from '../../../src/cli/corpus/progress-line.ts';
import { main } from '../../../src/cli/main.ts';
import { FakeProcess } from '../../support/fake-process.ts';
import { smallCorpusLines } from '../../support/small-corpus.ts';
import { tempDir } from '../../support/temp-dir.ts';

vi.setConfig({ testTimeout: 60_000 });

interface CliOptions {
  readonly env?: Record<string, string>;
  readonly stdin?: string;
}

async function cli(args: readonly string[], { env = {}, stdin = '' }: CliOptions = {}) {
  const process = new FakeProcess(['corpus', ...args], env);
  process.stdin = Readable.from([stdin]);
  const code = await main(process);
  return { code, stdout: process.stdout.text, stderr: process.stderr.text };
}

const generate = (...args: readonly string[]): readonly string[] => ['generate', '--workers', '1', ...args];

describe('corpus generate', () => {
  test('makes a corpus and shows what it holds', async () => {
    const dir = join(await tempDir(), 'corpus');
    const { code, stdout, stderr } = await cli(generate('--events', '300', '--seed', '7', '--out', dir));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Corpus ${dir}\n`);
    expect(stdout).toContain('generated, profile social, seed 7, generator version 1');
    expect(stdout).toMatch(/ {2}events +300 by \d+ authors\n/);
    expect((await readFile(join(dir, 'events.jsonl'), 'utf8')).trim().split('\n')).toEqual(
      smallCorpusLines(300, 7),
    );
  });

  test('does nothing where the very corpus is there', async () => {
    const args = generate('--events', '20', '--out', join(await tempDir(), 'corpus'));
    const first = await cli(args);
    expect(await cli(args)).toEqual({
      code: 0,
      stdout: first.stdout,
      stderr: 'the corpus is there already\n',
    });
  });

  test.each([
    ['seed', ['--events', '20', '--seed', '2']],
    ['number of events', ['--events', '21']],
    ['profile', ['--events', '20', '--profile', 'uniform']],
    ['compression', ['--events', '20', '--gzip']],
    ['base time', ['--events', '20', '--fresh']],
  ])('does not replace a corpus of another %s', async (_, other) => {
    const out = ['--out', join(await tempDir(), 'corpus')];
    await cli(generate('--events', '20', ...out));
    const { code, stderr } = await cli(generate(...other, ...out));
    expect(code).toBe(2);
    expect(stderr).toContain('already holds another corpus');
  });

  test('keeps it in the cache without --out, under a name that says what it is', async () => {
    const cache = await tempDir();
    const { stdout } = await cli(generate('--events', '20'), { env: { XDG_CACHE_HOME: cache } });
    expect(stdout).toContain(join(cache, 'relay-bench', 'corpora', 'social-20-seed1-v1'));
    const other = await cli(generate('--events', '20', '--gzip', '--cache', cache));
    expect(other.stdout).toContain(join(cache, 'social-20-seed1-v1-gz'));
  });

  test('dates a fresh one by the clock and records that', async () => {
    const dir = join(await tempDir(), 'corpus');
    const before_s = Math.floor(Date.now() / 1_000);
    const { stdout } = await cli(generate('--events', '20', '--fresh', '--out', dir));
    expect(stdout).toContain('dated by the clock');
    const { stdout: json } = await cli(['info', dir, '--json']);
    const { source, createdAt } = JSON.parse(json) as Record<string, Record<string, unknown>>;
    expect(source).toMatchObject({ fresh: true, baseTime_s: expect.any(Number) });
    expect(source?.['baseTime_s']).toBeGreaterThanOrEqual(before_s);
    expect(createdAt?.['newest_s']).toBeLessThanOrEqual(Number(source?.['baseTime_s']));
  });

  test.each([
    [['--out', 'x'], "required option '--events <n>' not specified"],
    [['--events', '0', '--out', 'x'], 'must be a whole number from 1'],
    [['--events', '5', '--profile', 'x'], 'Allowed choices are social, uniform, heavy'],
    [['--events', '5', '--out', 'x', '--cache', 'y'], 'cannot be used with option'],
    [['--events', '5', '--fresh'], '--fresh needs --out DIR'],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await cli(['generate', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('corpus import', () => {
  const lines = smallCorpusLines(40);

  test('reads a file and tells what it left out', async () => {
    const parent = await tempDir();
    const file = join(parent, 'dump.jsonl');
    await writeFile(file, [...lines, 'oops\u001b[31m', lines[3]].join('\n'));
    const { code, stdout } = await cli(['import', file, '--workers', '1', '--out', join(parent, 'corpus')]);
    expect(code).toBe(0);
    expect(stdout).toContain('imported, 42 lines');
    expect(stdout).toMatch(
      /Lines left out\n {2}not-json +1\n {2}duplicate +1\n {2}line 41: not-json: not JSON\n/,
    );
  });

  test('reads stdin', async () => {
    const dir = join(await tempDir(), 'corpus');
    const { code, stdout } = await cli(['import', '-', '--workers', '1', '--out', dir], {
      stdin: lines.join('\n'),
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/ {2}events +40 by/);
  });

  test('of a file that is missing is an error of the user', async () => {
    const parent = await tempDir();
    const args = ['import', join(parent, 'none'), '--workers', '1', '--out', join(parent, 'corpus')];
    const { code, stderr } = await cli(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: .*none can't be read: ENOENT/);
  });

  test('without a single right event fails and keeps nothing', async () => {
    const dir = join(await tempDir(), 'corpus');
    const { code, stderr } = await cli(['import', '-', '--workers', '1', '--out', dir], {
      stdin: '{}\n{}\n',
    });
    expect(code).toBe(2);
    expect(stderr).toContain('none of 2 lines is an event');
    expect((await cli(['info', dir])).stderr).toContain('there is no corpus');
  });
});

describe('corpus info', () => {
  test('verifies a corpus', async () => {
    const dir = join(await tempDir(), 'corpus');
    await cli(generate('--events', '50', '--out', dir, '--gzip'));
    const { code, stderr } = await cli(['info', dir, '--verify', '--workers', '1']);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'verified: every id, every signature and every figure\n',
    });
  });

  test('tells what is wrong with one', async () => {
    const dir = join(await tempDir(), 'corpus');
    await cli(generate('--events', '50', '--out', dir));
    const path = join(dir, 'events.jsonl');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"sig":"', '"sig":"0').replace(/(.)"}\n/, '"}\n'));
    const { code, stdout, stderr } = await cli(['info', path, '--verify', '--workers', '1']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('1 lines are refused: wrong-signature\n');
    expect(stderr).toContain('is damaged: its events are not what the manifest says');
  });

  test('prints nothing but the manifest as JSON', async () => {
    const dir = join(await tempDir(), 'corpus');
    await cli(generate('--events', '50', '--out', dir));
    const { stdout } = await cli(['info', dir, '--json']);
    expect(stdout).toBe(await readFile(join(dir, 'manifest.json'), 'utf8'));
  });
});

describe('the progress of a corpus', () => {
  test('is a bar where the amount is known', () => {
    const text = progressText(
      { what: 'generating', total: 1_000 },
      { done: 500, events: 500, elapsed_s: 61 },
    );
    expect(text).toBe('generating ███████████████░░░░░░░░░░░░░░░ 50 %, 500 events, 1m 01s');
  });

  test('is a count where it is not', () => {
    const text = progressText({ what: 'importing', total: 0 }, { done: 9, events: 1_500, elapsed_s: 3 });
    expect(text).toBe('importing: 1,500 events, 3 s');
  });
});
