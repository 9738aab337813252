import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../../../src/cli/main.ts';
import { FakeProcess } from '../../../support/fake-process.ts';
import { tempDir } from '../../../support/temp-dir.ts';

async function cli(...args: string[]) {
  const process = new FakeProcess(args);
  const code = await main(process);
  return { code, stdout: process.stdout.text, stderr: process.stderr.text, left: process.eventNames() };
}

/** Ports at which nobody listens. */
const [ONE, OTHER] = ['ws://127.0.0.1:1/', 'ws://127.0.0.1:2/'];

describe.each([
  ['ab', ['--base', ONE, '--candidate', OTHER], '1 pairs of runs'],
  ['versus', ['--relay', `one=${ONE}`, '--relay', `other=${OTHER}`], '1 rounds of 2 runs'],
] as const)('%s', (name, relays, announcement) => {
  test('of relays that are not there exits with 3 and leaves no directory behind', async () => {
    const dir = await tempDir();
    const out = join(dir, 'found');
    const found = await cli(name, 'publish', ...relays, '--rounds', '1', '--out', out);
    expect(found.stderr).toContain(announcement);
    expect(found).toMatchObject({ code: 3, stdout: '', left: [] });
    expect(await readdir(dir)).toEqual([]);
  });

  test('refuses a scenario that does not exist before anything is loaded', async () => {
    const { code, stderr } = await cli(name, 'publsh', ...relays);
    expect(code).toBe(2);
    expect(stderr).toContain('publish');
  });
});
