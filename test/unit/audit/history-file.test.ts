import { existsSync, readFileSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readOperations, writeHistory } from '../../../src/audit/history-file.ts';
import type { Operation } from '../../../src/judge/history/operation.ts';
import { historyFile, madeUpEvent } from '../../support/histories.ts';
import { tempDir } from '../../support/temp-dir.ts';

async function operationsOf(file: string): Promise<Operation[]> {
  const operations: Operation[] = [];
  for await (const operation of readOperations(file)) operations.push(operation);
  return operations;
}

const ATTEMPTS = Array.from({ length: 1_000 }, (_, n) => ({ event: madeUpEvent(n) }));

describe('the file of a history', () => {
  test('gives its operations back, those of which nothing is known last', async () => {
    const file = await historyFile([
      { event: madeUpEvent(1), outcome: 'unknown', reason: 'no answer' },
      { event: madeUpEvent(2) },
      { event: madeUpEvent(3), outcome: 'refused', reason: 'blocked' },
    ]);
    const operations = await operationsOf(file);
    expect(
      operations.map(({ facts, outcome, reason }) => [Number.parseInt(facts.id, 16), outcome, reason]),
    ).toEqual([
      [2, 'accepted', ''],
      [3, 'refused', 'blocked'],
      [1, 'unknown', 'no answer'],
    ]);
  });

  test('holds many blocks', async () => {
    const operations = await operationsOf(await historyFile(ATTEMPTS));
    expect(operations.map(({ number }) => number)).toEqual(ATTEMPTS.map((_, number) => number));
  });

  test('that is cut off anywhere is refused, whatever is left of it', async () => {
    const file = await historyFile(ATTEMPTS.slice(0, 150));
    const whole = readFileSync(file);
    // The last one ends behind a whole block.
    for (const length of [0, 5, 8 + 3, 8 + 8 + 100, whole.length - 1, whole.length - 8]) {
      await writeFile(file, whole.subarray(0, length));
      await expect(operationsOf(file), String(length)).rejects.toMatchObject({ code: 'AUDIT_FILE_INVALID' });
    }
  });

  test('of which a byte has changed is refused', async () => {
    const file = await historyFile(ATTEMPTS.slice(0, 10));
    const bytes = readFileSync(file);
    bytes[200] = (bytes[200] ?? 0) ^ 1;
    await writeFile(file, bytes);
    await expect(operationsOf(file)).rejects.toThrow(/checksum/);
  });

  test('that is missing, or the list of an older version, is refused', async () => {
    const file = join(await tempDir(), 'history.bin');
    await expect(operationsOf(file)).rejects.toMatchObject({ code: 'AUDIT_FILE_INVALID' });
    await writeFile(file, Buffer.alloc(64));
    await expect(operationsOf(file)).rejects.toThrow('is no history of this version');
  });
});

describe('writing a history', () => {
  const entries = Buffer.alloc(64 * 1_024);

  test('that a full disk cuts off is told with its reason, and removed', async () => {
    const file = join(await tempDir(), 'history.bin');
    // Every write to it fails as on a full disk.
    await symlink('/dev/full', file);
    const writer = writeHistory(file);
    for (let batch = 0; batch < 10; batch++) writer.append(entries);
    expect(await writer.close()).toEqual({
      bytes: null,
      problem: expect.stringMatching(/history\.bin could not be written: ENOSPC/),
    });
    expect(existsSync(file)).toBe(false);
  });

  test('is given up where the disk is too slow for it, rather than kept in memory', async () => {
    const file = join(await tempDir(), 'history.bin');
    const writer = writeHistory(file, 3 * entries.length);
    // Nothing is written before the loop gets its turn.
    for (let batch = 0; batch < 10; batch++) writer.append(entries);
    expect((await writer.close()).problem).toContain("can't keep up with what is published");
    expect(existsSync(file)).toBe(false);
  });

  test('into a directory that does not exist is told, not waited for', async () => {
    const writer = writeHistory(join(await tempDir(), 'none', 'history.bin'));
    expect((await writer.close()).problem).toContain('ENOENT');
  });
});
