import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { tempDir } from '../support/temp-dir.ts';

const UNIT = 'docs/distributed/relay-bench-agent.service';

/** What systemd finds wrong with a unit, whose program is one that is there. */
async function problemsOf(text: string): Promise<string> {
  const path = join(await tempDir(), 'relay-bench-agent.service');
  await writeFile(path, text.replace('/usr/bin/relay-bench', process.execPath));
  const run = promisify(execFile)('systemd-analyze', ['verify', '--man=no', path]);
  const { stderr } = await run.catch((error: { stderr: string }) => error);
  return stderr
    .split('\n')
    .filter((line) => line.includes('relay-bench-agent.service'))
    .join('\n');
}

test('systemd finds nothing wrong with the unit of an agent', async () => {
  expect(await problemsOf(await readFile(UNIT, 'utf8'))).toBe('');
});

test('and would say so', async () => {
  const text = await readFile(UNIT, 'utf8');
  expect(await problemsOf(text.replace('Restart=on-failure', 'Restart=perhaps'))).toContain(
    'restart specifier',
  );
});
