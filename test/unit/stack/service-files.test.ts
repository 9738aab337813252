import { closeSync, writeSync } from 'node:fs';
import { link, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openLog, putFile, readServiceFile } from '../../../src/stack/service-files.ts';
import { tempDir } from '../../support/temp-dir.ts';

describe('a file that is put into the directory of a service', () => {
  test('is for its user alone', async () => {
    const path = join(await tempDir(), 'secret');
    await putFile(path, 'text', { owner: null });
    expect(await readFile(path, 'utf8')).toBe('text');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('takes the place of a link, and what the link leads to stays', async () => {
    const dir = await tempDir();
    await writeFile(join(dir, 'precious'), 'thesis');
    await symlink(join(dir, 'precious'), join(dir, 'redis.conf'));
    await putFile(join(dir, 'redis.conf'), 'text', { owner: null });
    expect(await readFile(join(dir, 'precious'), 'utf8')).toBe('thesis');
    expect(await readFile(join(dir, 'redis.conf'), 'utf8')).toBe('text');
  });
});

describe('the log of a service', () => {
  test('is appended to', async () => {
    const path = join(await tempDir(), 'log');
    for (const text of ['one ', 'two']) {
      const file = openLog(path, null);
      writeSync(file, text);
      closeSync(file);
    }
    expect(await readFile(path, 'utf8')).toBe('one two');
  });

  test('is never another file, by a symbolic or a hard link', async () => {
    const dir = await tempDir();
    await writeFile(join(dir, 'precious'), 'thesis');
    await symlink(join(dir, 'precious'), join(dir, 'log'));
    await link(join(dir, 'precious'), join(dir, 'log-2'));
    expect(() => openLog(join(dir, 'log'), null)).toThrow('ELOOP');
    expect(() => openLog(join(dir, 'log-2'), null)).toThrow('is no log');
    expect(() => readServiceFile(join(dir, 'log'))).toThrow('ELOOP');
  });
});
