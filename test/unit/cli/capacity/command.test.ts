import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../../../src/cli/main.ts';
import { writeState } from '../../../../src/stack/state.ts';
import { FakeProcess } from '../../../support/fake-process.ts';
import { sampleStack } from '../../../support/sample-stack.ts';
import { tempDir } from '../../../support/temp-dir.ts';

async function capacity(...args: string[]) {
  const process = new FakeProcess(['capacity', ...args]);
  const code = await main(process);
  return { code, stdout: process.stdout.text, stderr: process.stderr.text, left: process.eventNames() };
}

/** A port at which nobody listens. */
const NOBODY = 'ws://127.0.0.1:1/';

describe('capacity', () => {
  test('of a relay that is not there exits with 3 and leaves no directory behind', async () => {
    const dir = await tempDir();
    const out = join(dir, 'found');
    const { code, stdout, stderr, left } = await capacity('--relay', NOBODY, '--budget', '5m', '--out', out);
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toContain(`at most 300 s, records in ${out}`);
    expect(stderr).toContain('127.0.0.1:1');
    expect(await readdir(dir)).toEqual([]);
    expect(left).toEqual([]);
  });

  test('refuses a budget that one step does not fit into', async () => {
    const out = join(await tempDir(), 'found');
    const { code, stderr } = await capacity('--relay', NOBODY, '--budget', '2s', '--out', out);
    expect(code).toBe(2);
    expect(stderr).toContain('longer --budget');
  });

  test('refuses an output directory that holds something else', async () => {
    const dir = await tempDir();
    await writeFile(join(dir, 'thesis.txt'), 'precious');
    const { code, stderr } = await capacity('--relay', NOBODY, '--out', join(dir, 'thesis.txt'));
    expect(code).toBe(2);
    expect(stderr).toContain('--out');
    expect(await readdir(dir)).toEqual(['thesis.txt']);
  });

  test('refuses several relays with names', async () => {
    const { code, stderr } = await capacity('--relay', `a=${NOBODY}`, '--relay', `b=${NOBODY}`);
    expect(code).toBe(2);
    expect(stderr).toContain('one relay with a name');
  });

  test('does not load the relay of somebody else without consent', async () => {
    const out = join(await tempDir(), 'found');
    const { code, stderr } = await capacity('--relay', 'ws://192.0.2.1/', '--out', out);
    expect(code).toBe(2);
    expect(stderr).toContain('--i-own-this-relay');
  });

  test.each([
    [['--relays', '0'], 'from 1 to 16'],
    [['--relays', 'a'], 'such as 1,2,3'],
    [['--relays', '1,,2'], 'such as 1,2,3'],
    [['--relays', '17'], 'from 1 to 16'],
    [['--relays', '1,2,3'], '--relays needs --stack scaled'],
    [['--relays', '1,2', '--relay', NOBODY], "cannot be used with option '--relay"],
    [['--relays', '1,2', '--stack', 'single'], 'can have one relay only'],
    [['--relays', '1,2', '--stack', 'scales'], 'not a stack profile'],
    [['--relays', '1', '--stack', 'scaled', '--of', 'connections'], 'not --of connections'],
  ])('refuses %j in one line, and starts nothing', async (args, says) => {
    const { code, stdout, stderr } = await capacity(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
    expect(stderr.match(/error: /g)).toHaveLength(1);
  });

  test('brings up no stack where there is one', async () => {
    const stackDir = await tempDir();
    await writeState({ ...(await sampleStack('scaled', { relays: 1, dir: stackDir })), phase: 'up' });
    const { code, stderr } = await capacity('--stack', 'scaled', '--relays', '1,2', '--stack-dir', stackDir);
    expect(code).toBe(2);
    expect(stderr).toContain(`${stackDir} holds a stack already`);
  });
});
