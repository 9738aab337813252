import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keepLog } from '../../../src/stack/kept-log.ts';
import { tempDir } from '../../support/temp-dir.ts';

const KIB = 1_024;

describe('the log of a program', () => {
  test('keeps what is written, behind what was there', async () => {
    const path = join(await tempDir(), 'log');
    await writeFile(path, 'before\n');
    const log = await keepLog(path);
    log.note('started');
    log.write(Buffer.from('one\n'));
    log.write(Buffer.from('two\n'));
    expect(log.tail()).toBe('one\ntwo');
    expect(await log.close()).toBeNull();
    expect(await readFile(path, 'utf8')).toBe('before\n[relay-bench] started\none\ntwo\n');
  });

  test('takes nothing more once it is closed', async () => {
    const path = join(await tempDir(), 'log');
    const log = await keepLog(path);
    await Promise.all([log.close(), log.close()]);
    log.write(Buffer.from('late'));
    log.note('late');
    expect(await readFile(path, 'utf8')).toBe('');
  });

  test('has its beginning and its end where a program floods it, and says how much is left out', async () => {
    const path = join(await tempDir(), 'log');
    const log = await keepLog(path, 10);
    log.write(Buffer.from('0123456789'));
    const line = Buffer.alloc(KIB, 'x');
    for (let lines = 0; lines < 200; lines++) log.write(line);
    log.write(Buffer.from('the last'));
    await log.close();
    const text = await readFile(path, 'utf8');
    expect(text.startsWith('0123456789\n[relay-bench] ')).toBe(true);
    expect(text.endsWith('xxx' + 'the last')).toBe(true);
    const leftOut = Number(/(\d+) bytes are left out here/.exec(text)?.[1]);
    expect(leftOut).toBe(200 * KIB + 8 - 64 * KIB);
  });

  test('leaves nothing out where the end reaches to the beginning', async () => {
    const path = join(await tempDir(), 'log');
    const log = await keepLog(path, 10);
    log.write(Buffer.from('0123456789abc'));
    log.write(Buffer.from('def'));
    await log.close();
    expect(await readFile(path, 'utf8')).toBe('0123456789abcdef');
  });

  test('counts what the file had before', async () => {
    const path = join(await tempDir(), 'log');
    await writeFile(path, Buffer.alloc(100 * KIB, 'y'));
    const log = await keepLog(path, 100 * KIB);
    for (let lines = 0; lines < 100; lines++) log.write(Buffer.alloc(KIB, 'x'));
    await log.close();
    expect(await readFile(path, 'utf8')).toContain(`${36 * KIB} bytes are left out here`);
  });

  test('that can not be written costs no more than the log', async () => {
    const log = await keepLog('/dev/full');
    log.write(Buffer.from('lost\n'));
    expect(await log.close()).toContain('ENOSPC');
    expect(log.tail()).toBe('lost');
  });

  test('in a directory that is not there is the same', async () => {
    const log = await keepLog(join(await tempDir(), 'gone/log'));
    log.write(Buffer.from('lost\n'));
    expect(await log.close()).toContain('ENOENT');
  });

  test('without a file keeps its end for messages', async () => {
    const log = await keepLog(null);
    log.write(Buffer.from('x'.repeat(5_000)));
    log.write(Buffer.from('why'));
    expect(log.tail()).toBe(`${'x'.repeat(597)}why`);
    expect(await log.close()).toBeNull();
  });
});
