import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isSuite, readSuite } from '../../../src/suite/read.ts';
import { sampleSuite } from '../../support/sample-suite.ts';
import { tempDir } from '../../support/temp-dir.ts';

async function fileWith(value: unknown): Promise<string> {
  const path = join(await tempDir(), 'suite.json');
  await writeFile(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

describe('a suite.json', () => {
  test('is read back as it was written', async () => {
    const path = await fileWith(sampleSuite());
    expect(await readSuite(path)).toEqual(sampleSuite());
    expect(await isSuite(path)).toBe(true);
  });

  test.each([
    ['no JSON', '{', /not a readable suite/],
    ['another document', { schemaVersion: '1.0.0' }, /suiteVersion: missing/],
    ['another major version', { ...sampleSuite(), suiteVersion: '2.0.0' }, /suiteVersion: 2\.0\.0/],
    ['not of its schema', { ...sampleSuite(), mode: 'slow' }, /mode: /],
  ])('that is %s is refused', async (_, value, message) => {
    const path = await fileWith(value);
    await expect(readSuite(path)).rejects.toMatchObject({
      code: 'SUITE_FILE_INVALID',
      message: expect.stringMatching(message),
    });
  });

  test('that is not there is none', async () => {
    expect(await isSuite(join(await tempDir(), 'nothing.json'))).toBe(false);
    expect(await isSuite(await fileWith([1]))).toBe(false);
  });
});
