import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeOutDir } from '../../../../src/cli/run/out-dir.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-out-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

describe('the output directory', () => {
  test('is made with its parents before the run, and left empty', async () => {
    const { path } = await makeOutDir(join(directory, 'a/b'));
    expect(await readdir(path)).toEqual([]);
  });

  test('a path below a file is refused at once', async () => {
    await writeFile(join(directory, 'file'), '');
    await expect(makeOutDir(join(directory, 'file/reports'))).rejects.toThrow(
      expect.objectContaining({ code: 'OUT_NOT_WRITABLE', exitCode: 2 }),
    );
  });

  test('goes away again with its parents where nothing was written', async () => {
    const out = await makeOutDir(join(directory, 'a/b/c'));
    await out.removeIfEmpty();
    await out.removeIfEmpty();
    expect(await readdir(directory)).toEqual([]);
  });

  test('loses the steps of an earlier search, and nothing else below them', async () => {
    const steps = join(directory, 'steps');
    for (const name of ['01-125-100', '02-62.5-100', 'mine']) {
      await mkdir(join(steps, name), { recursive: true });
      await writeFile(join(steps, name, 'run.json'), '{}');
    }
    await writeFile(join(steps, '02-62.5-100', 'note.txt'), '');
    await makeOutDir(directory);
    expect((await readdir(steps)).sort()).toEqual(['02-62.5-100', 'mine']);
    expect(await readdir(join(steps, '02-62.5-100'))).toEqual(['note.txt']);
    expect(await readdir(join(steps, 'mine'))).toEqual(['run.json']);
  });

  test('loses what the relays of an earlier run wrote, and no other log', async () => {
    for (const name of ['relay-mine.log', 'relay-a.b-c.log', 'mine.log', 'relay-mine.log.1'])
      await writeFile(join(directory, name), '');
    await makeOutDir(directory);
    expect((await readdir(directory)).sort()).toEqual(['mine.log', 'relay-mine.log.1']);
  });

  test('loses what an earlier search over numbers of relays has left, and nothing else there', async () => {
    for (const name of ['relays-1', 'relays-2', 'relays-mine']) {
      await mkdir(join(directory, name, 'steps/01-125-100'), { recursive: true });
      await writeFile(join(directory, name, 'steps/01-125-100/run.json'), '{}');
      await writeFile(join(directory, name, 'capacity.json'), '{}');
    }
    await writeFile(join(directory, 'relays-2', 'note.txt'), '');
    await writeFile(join(directory, 'relays-3'), 'a file');
    await makeOutDir(directory);
    expect((await readdir(directory)).sort()).toEqual(['relays-2', 'relays-3', 'relays-mine']);
    expect(await readdir(join(directory, 'relays-2'))).toEqual(['note.txt']);
    expect((await readdir(join(directory, 'relays-mine'))).sort()).toEqual(['capacity.json', 'steps']);
  });

  test('stays where something was written', async () => {
    const out = await makeOutDir(join(directory, 'a/b'));
    await writeFile(join(out.path, 'run.json'), '{}');
    await out.removeIfEmpty();
    expect(await readdir(directory)).toEqual(['a']);
  });

  test('stays where it existed before', async () => {
    await mkdir(join(directory, 'mine'));
    await (await makeOutDir(join(directory, 'mine'))).removeIfEmpty();
    expect(await readdir(directory)).toEqual(['mine']);
  });

  test('a sibling that another run wrote stays', async () => {
    const out = await makeOutDir(join(directory, 'reports/one'));
    await mkdir(join(directory, 'reports/two'));
    await out.removeIfEmpty();
    expect(await readdir(join(directory, 'reports'))).toEqual(['two']);
  });

  test('files of an earlier run go, whatever formats it had; others stay', async () => {
    const mine = ['notes.txt', 'events.jsonl', 'my-01.json'];
    const old = ['run.json', 'junit.xml', 'report.html', 'metrics.txt', 'comparison.md', 'history.bin'];
    const contest = ['01-base.json', 'confirm-02-candidate.json', 'versus.json'];
    for (const name of [...mine, ...old, ...contest]) await writeFile(join(directory, name), '');
    await makeOutDir(directory);
    expect((await readdir(directory)).sort()).toEqual([...mine].sort());
  });

  test('a path in /proc is refused and does not hang', async () => {
    await expect(makeOutDir('/proc/relay-bench')).rejects.toThrow(
      expect.objectContaining({ code: 'OUT_NOT_WRITABLE', exitCode: 2 }),
    );
  });
});
