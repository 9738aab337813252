import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../../../src/cli/main.ts';
import { PART_IDS } from '../../../../src/suite/parts.ts';
import { FakeProcess } from '../../../support/fake-process.ts';
import { sampleSuite } from '../../../support/sample-suite.ts';
import { tempDir } from '../../../support/temp-dir.ts';

async function cli(...args: string[]) {
  const process = new FakeProcess(args);
  const code = await main(process);
  return { code, stdout: process.stdout.text, stderr: process.stderr.text, left: process.eventNames() };
}

describe('suite', () => {
  test('names its parts in its help', async () => {
    const { stdout } = await cli('suite', '--help');
    for (const id of PART_IDS) expect(stdout.replaceAll(/\s+/g, ' ')).toContain(id);
  });

  test.each([
    ['a part that is none', ['--only', 'acks'], /must be one or more of ingest, ack/],
    ['a relay without a name', ['--relay', 'ws://127.0.0.1:1'], /has no name/],
    [
      'a directory to go on with and one to begin in',
      ['--resume', 'a', '--out', 'b'],
      /--resume.*--out|--out.*--resume/,
    ],
  ])('refuses %s', async (_, args, message) => {
    const { code, stderr } = await cli('suite', ...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  test('of a relay that is not there exits with 3 and leaves nothing behind', async () => {
    const dir = await tempDir();
    const out = join(dir, 'found');
    const relay = 'mine=ws://127.0.0.1:1/';
    const { code, left, stdout } = await cli('suite', '--relay', relay, '--only', 'fanout', '--out', out);
    expect({ code, left, stdout }).toEqual({ code: 3, left: [], stdout: '' });
    expect(await readdir(dir)).toEqual([]);
  });

  test('goes on with nothing that is no suite', async () => {
    const { code, stderr } = await cli('suite', '--resume', await tempDir());
    expect(code).toBe(2);
    expect(stderr).toContain('is not a readable suite');
  });

  test('of a relay elsewhere wants consent', async () => {
    const { code, stderr } = await cli(
      'suite',
      '--relay',
      'mine=wss://relay.example.com',
      '--only',
      'fanout',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('--i-own-this-relay relay.example.com');
  });
});

describe('compare of two suites', () => {
  async function compared(slowdown: number, ...more: string[]) {
    const dir = await tempDir();
    const files = [join(dir, 'base.json'), join(dir, 'candidate.json')];
    await writeFile(files[0] ?? '', JSON.stringify(sampleSuite()));
    await writeFile(files[1] ?? '', JSON.stringify(sampleSuite({ slowdown })));
    return cli('compare', ...files, ...more);
  }

  test('of the same relay ends with 0', async () => {
    const { code, stdout, stderr } = await compared(1.2);
    expect(code).toBe(0);
    expect(stdout).toContain('no confirmed difference');
    expect(stderr).toContain('SAME');
  });

  test('of one that became slower in all parts ends with 98', async () => {
    const { code, stdout } = await compared(1.44, '--format', 'json');
    expect(code).toBe(98);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'worse' });
  });

  test('takes two, no more', async () => {
    const { code, stderr } = await compared(1.2, '--to', 'another.json');
    expect(code).toBe(2);
    expect(stderr).toContain('two suites are compared; 3 files were named');
  });
});
