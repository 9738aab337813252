import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { directorySize, watchDirectorySize } from '../../../src/observe/directory-size.ts';
import { tempDir } from '../../support/temp-dir.ts';

const MIB = 2 ** 20;

describe('the size of a directory', () => {
  test('is what its files take on disk, at any depth', async () => {
    const dir = await tempDir();
    const empty = (await directorySize(dir)) ?? 0;
    await mkdir(join(dir, 'a/b'), { recursive: true });
    await writeFile(join(dir, 'one'), Buffer.alloc(MIB, 1));
    await writeFile(join(dir, 'a/b/two'), Buffer.alloc(MIB, 1));
    const size = ((await directorySize(dir)) ?? 0) - empty;
    expect(size).toBeGreaterThanOrEqual(2 * MIB);
    expect(size).toBeLessThan(2.1 * MIB);
  });

  test('leaves out the holes of files, such as those of a database that maps its file into memory', async () => {
    const dir = await tempDir();
    await writeFile(join(dir, 'data.mdb'), Buffer.alloc(4_096, 1));
    await truncate(join(dir, 'data.mdb'), 1_024 * MIB);
    expect(await directorySize(dir)).toBeLessThan(MIB);
  });

  test('does not follow links', async () => {
    const [dir, other] = [await tempDir(), await tempDir()];
    await writeFile(join(other, 'large'), Buffer.alloc(MIB, 1));
    await symlink(other, join(dir, 'link'));
    expect(await directorySize(dir)).toBeLessThan(MIB / 2);
  });

  test('is unknown where there is none', async () => {
    expect(await directorySize(join(await tempDir(), 'gone'))).toBeNull();
  });
});

describe('a size that is asked for again and again', () => {
  test('is looked up no oftener than its cost allows', async () => {
    let nowMs = 0;
    let looks = 0;
    const look = async (): Promise<number> => {
      nowMs += 10;
      return ++looks;
    };
    const size = watchDirectorySize('/anywhere', look, () => nowMs);
    expect(await size()).toBe(1);
    nowMs = 209;
    expect(await size()).toBe(1);
    nowMs = 210;
    expect(await size()).toBe(2);
  });

  test('is the last one while somebody looks', async () => {
    const size = watchDirectorySize(
      '/anywhere',
      async () => 7,
      () => 0,
    );
    const first = size();
    expect(await size()).toBeNull();
    expect(await first).toBe(7);
  });
});
