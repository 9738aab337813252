import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeDirectory, requireWritable } from '../../../src/base/directory.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-directory-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

describe('making a directory', () => {
  it('makes what is missing above it and tells the topmost', async () => {
    expect(await makeDirectory(join(directory, 'a/b/c'), 0o700)).toBe(join(directory, 'a'));
    expect((await stat(join(directory, 'a/b/c'))).mode & 0o777).toBe(0o700);
  });

  it('is content with one that is there', async () => {
    expect(await makeDirectory(directory)).toBeUndefined();
  });

  it('can be done by two at once', async () => {
    const path = join(directory, 'a/b');
    await Promise.all([makeDirectory(path), makeDirectory(path)]);
    expect(await readdir(directory)).toEqual(['a']);
  });

  it('ends where the file system lets nobody make anything, as in /proc', async () => {
    await expect(makeDirectory('/proc/relay-bench/x')).rejects.toThrow(/ENOENT.*\/proc\/relay-bench/);
  });

  it('refuses a way through a file', async () => {
    await writeFile(join(directory, 'file'), '');
    await expect(makeDirectory(join(directory, 'file/a'))).rejects.toThrow(/ENOTDIR/);
    await expect(makeDirectory(join(directory, 'file'))).rejects.toThrow(/is not a directory/);
  });
});

describe('requiring that a directory can be written', () => {
  it('leaves nothing behind where it had to be made', async () => {
    await requireWritable(join(directory, 'a/b'), '--out');
    expect(await readdir(directory)).toEqual([]);
  });

  it('leaves one that is there as it is', async () => {
    await mkdir(join(directory, 'mine'));
    await requireWritable(join(directory, 'mine'), '--out');
    expect(await readdir(directory)).toEqual(['mine']);
  });

  it('names the option and the reason', async () => {
    await expect(requireWritable('/proc/relay-bench', '--cache')).rejects.toMatchObject({
      code: 'DIRECTORY_NOT_WRITABLE',
      exitCode: 2,
      message: expect.stringMatching(/^--cache \/proc\/relay-bench can't be written: ENOENT/),
      hint: expect.stringContaining('--cache'),
    });
  });

  it('refuses one in which nothing can be made', async () => {
    await expect(requireWritable('/proc', '--out')).rejects.toMatchObject({ code: 'DIRECTORY_NOT_WRITABLE' });
  });
});
