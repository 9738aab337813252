import { describe, expect, test } from 'vitest';
import { assumption, numberOfUsers } from '../../../../src/cli/capacity/forecast.ts';
import { main } from '../../../../src/cli/main.ts';
import { FakeProcess } from '../../../support/fake-process.ts';

async function cli(args: readonly string[]) {
  const process = new FakeProcess(args);
  const code = await main(process);
  return { code, stdout: process.stdout.text, stderr: process.stderr.text };
}

describe('capacity --for', () => {
  test('takes a number of users as people write it', () => {
    const texts = ['1M users', '250k', '1,000,000', '1.5m', '1 user'];
    expect(texts.map(numberOfUsers)).toEqual([1_000_000, 250_000, 1_000_000, 1_500_000, 1]);
    for (const text of ['', 'many', '0', '-1', '1b', '1e6'])
      expect(() => numberOfUsers(text)).toThrow(expect.objectContaining({ code: 'USERS_INVALID' }));
  });

  test('takes an assumption by its key, and refuses what can be none', () => {
    expect(assumption('fanOut=7.5')).toEqual(['fanOut', 7.5]);
    for (const text of ['fanOut', 'fanOut=0', 'fanOut=x', 'cacheHits=1', 'fanout=3', '=3'])
      expect(() => assumption(text)).toThrow(expect.objectContaining({ code: 'ASSUMPTION_INVALID' }));
  });

  test('prints an estimate with every assumption and its source, and loads nothing', async () => {
    const { code, stdout } = await cli(['capacity', '--for', '50k users', '--assume', 'fanOut=7']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ESTIMATE/);
    expect(stdout).toMatch(/users\s+10,000\s+50,000\s+100,000\s+1,000,000\s+10,000,000/);
    expect(stdout).toMatch(/fanOut\s+7 +online subscribers of a new event \(set with --assume\)/);
  });

  test('gives programs the same', async () => {
    const { stdout } = await cli(['capacity', '--for', '1M', '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'estimate',
      rows: expect.arrayContaining([expect.objectContaining({ users: 1_000_000 })]),
    });
  });

  test.each([
    [['capacity', '--for', '1M', '--budget', '5m']],
    [['capacity', 'publish', '--for', '1M']],
    [['capacity', '--assume', 'fanOut=7']],
    [['capacity', '--for', '1M', '--format', 'html']],
  ])('refuses what an estimate does not use: %j', async (args) => {
    expect((await cli(args)).code).toBe(2);
  });
});
