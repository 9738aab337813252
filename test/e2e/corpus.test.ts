import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { runCli, startCli } from '../support/run-cli.ts';
import { changed } from '../support/small-corpus.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Enough for several chunks. */
const EVENTS = '9000';

const generate = (dir: string, workers: string, events = EVENTS): string[] => [
  ...['corpus', 'generate', '--events', events, '--out', dir, '--workers', workers],
];

/** Nothing but `text` on stderr, besides the lines of progress that a busy machine has the time to see. */
const withProgress = (text: string): RegExp => new RegExp(`^(?:\\w+ [█░]+ .*, \\d+ s\n)*${text}$`);

describe('a corpus', () => {
  test('is the same from one thread and from two, and verifies', async () => {
    const parent = await tempDir();
    const dirs = ['1', '2'].map((workers) => join(parent, workers));
    for (const [i, dir] of dirs.entries()) {
      expect(await runCli(generate(dir, String(i + 1)))).toMatchObject({ exitCode: 0 });
    }
    const [one, two] = await Promise.all(dirs.map((dir) => readFile(join(dir, 'events.jsonl'))));
    expect(one?.equals(two as Buffer)).toBe(true);
    const verified = await runCli(['corpus', 'info', dirs[1] as string, '--verify', '--workers', '2']);
    expect(verified).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(withProgress('verified: every id, every signature and every figure\n')),
    });
  });

  test('is imported by two threads as by one: in order, every drop counted', async () => {
    const parent = await tempDir();
    const made = join(parent, 'made');
    await runCli(generate(made, '2', '3000'));
    const lines = (await readFile(join(made, 'events.jsonl'), 'utf8')).trim().split('\n');
    const first = lines[0] as string;
    const dump = [...lines, ...lines.slice(0, 700), 'oops', '{}', changed(first, { content: 'changed' })];
    const file = join(parent, 'dump.jsonl.gz');
    await writeFile(file, gzipSync(dump.join('\n')));
    for (const workers of ['1', '2']) {
      const dir = join(parent, `imported by ${workers}`);
      const result = await runCli(['corpus', 'import', file, '--out', dir, '--workers', workers]);
      expect(result).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(withProgress('')) });
      expect(await readFile(join(dir, 'events.jsonl'), 'utf8')).toBe(`${lines.join('\n')}\n`);
      const manifest = JSON.parse(await readFile(join(dir, 'manifest.json'), 'utf8')) as Record<
        string,
        unknown
      >;
      expect(manifest['source']).toMatchObject({
        lines: 3_703,
        dropped: { duplicate: 700, 'not-json': 1, 'not-an-event': 1, 'wrong-id': 1, 'wrong-signature': 0 },
        problems: [{ line: 3_701 }, { line: 3_702 }, { line: 3_703 }],
      });
    }
  });

  test.each([
    ['SIGINT', 130, []],
    ['SIGTERM', 143, []],
    ['SIGKILL', null, ['.corpus.']],
  ] as const)(
    'whose generation %s ends is never taken for a whole one',
    async (signal, exitCode, leftovers) => {
      const parent = await tempDir();
      const dir = join(parent, 'corpus');
      const running = startCli(generate(dir, '2', '1000000'));
      try {
        await eventually('the first lines', () => hasBegun(parent));
        running.child.kill(signal);
        expect(await running.result).toMatchObject({ exitCode });
      } finally {
        await running.stop();
      }
      const names = await readdir(parent);
      expect(names.map((name) => name.slice(0, 8))).toEqual(leftovers);
      expect(names.every((name) => name.endsWith('.partial'))).toBe(true);
      expect(await runCli(['corpus', 'info', dir])).toMatchObject({ exitCode: 2, stdout: '' });
      const again = await runCli(generate(dir, '2', '100'));
      expect(again, again.stderr).toMatchObject({ exitCode: 0 });
    },
  );
});

/** Whether a partial directory holds some events. */
async function hasBegun(parent: string): Promise<boolean> {
  const [partial] = await readdir(parent);
  if (partial === undefined) return false;
  const bytes = await readFile(join(parent, partial, 'events.jsonl')).catch(() => Buffer.alloc(0));
  return bytes.length > 0;
}
