import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { programEnvironment, programOwner, unreadableFor } from '../../../src/stack/run-as.ts';
import { tempDir } from '../../support/temp-dir.ts';

const STRANGER = { uid: 4_242, gid: 4_242 };

async function program(): Promise<{ dir: string; path: string }> {
  const dir = join(await tempDir(), 'package');
  await mkdir(dir);
  const path = join(dir, 'main.js');
  await writeFile(path, '');
  await chmod(join(dir, '..'), 0o755);
  await chmod(dir, 0o755);
  await chmod(path, 0o644);
  return { dir, path };
}

describe('a program of this package', () => {
  test('runs as the user of the servers where that one may read it', async () => {
    const { path } = await program();
    expect(programOwner(STRANGER, path)).toEqual(STRANGER);
  });

  test('runs as the user who starts it where it lies in a closed directory, or there is no other', async () => {
    const { dir, path } = await program();
    await chmod(dir, 0o700);
    expect(unreadableFor(STRANGER, [path])).toBe(dir);
    expect(programOwner(STRANGER, path)).toBeNull();
    await chmod(dir, 0o755);
    await chmod(path, 0o600);
    expect(unreadableFor(STRANGER, [path])).toBe(path);
    expect(programOwner(null, path)).toBeNull();
  });

  test('is told nothing of the environment but what is for Node', () => {
    expect(
      Object.keys(programEnvironment()).filter((name) => !/^(NODE_|UV_|TZ$|TMPDIR$)/.test(name)),
    ).toEqual([]);
  });
});
