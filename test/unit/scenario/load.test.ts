import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gateProblem } from '../../../src/gate/parse.ts';
import { listBuiltins, loadScenario, readScenario } from '../../../src/scenario/load.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-scenario-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function fileWith(name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}

describe('loadScenario', () => {
  it('loads a built-in by its name', async () => {
    expect(await loadScenario('quick', gateProblem)).toMatchObject({ name: 'quick' });
  });

  it('loads a file by its path', async () => {
    const { text } = await readScenario('publish');
    const path = await fileWith('mine.yml', text.replace('name: publish', 'name: mine'));
    expect(await loadScenario(path, gateProblem)).toMatchObject({ name: 'mine' });
  });

  it('throws every problem on a line of its own', async () => {
    const path = await fileWith('bad.yaml', 'name: bad\ndescription: x\nfoo: 1\n');
    await expect(loadScenario(path, gateProblem)).rejects.toMatchObject({
      code: 'SCENARIO_INVALID',
      exitCode: 2,
      message: [
        `scenario ${path} has 4 problems:`,
        '  1:1 connections: is required',
        '  1:1 workloads: is required',
        '  1:1 phases: is required',
        '  3:1 unknown key "foo"',
      ].join('\n'),
    });
  });

  it('shows no more problems than anyone corrects at once', async () => {
    const keys = Array.from({ length: 60 }, (_, i) => `key${i}: 1`).join('\n');
    const path = await fileWith('many.yaml', keys);
    await expect(loadScenario(path, gateProblem)).rejects.toThrowError(/\n {2}… and 15 more$/);
  });

  it('suggests a built-in for a misspelt name', async () => {
    await expect(loadScenario('qiuck', gateProblem)).rejects.toMatchObject({
      code: 'SCENARIO_NOT_FOUND',
      exitCode: 2,
      message: 'there is no built-in scenario "qiuck" (did you mean "quick"?)',
    });
  });

  it('takes a name for a built-in, never for a file of the working directory', async () => {
    await expect(loadScenario('package', gateProblem)).rejects.toMatchObject({ code: 'SCENARIO_NOT_FOUND' });
    await expect(loadScenario('..', gateProblem)).rejects.toMatchObject({ code: 'SCENARIO_NOT_FOUND' });
  });

  it('says that a file is missing', async () => {
    await expect(loadScenario('./none.yaml', gateProblem)).rejects.toMatchObject({
      code: 'SCENARIO_NOT_FOUND',
      message: 'there is no file ./none.yaml',
    });
  });

  it('says that a path can not be read', async () => {
    await expect(loadScenario(`${directory}/`, gateProblem)).rejects.toMatchObject({
      code: 'SCENARIO_UNREADABLE',
    });
  });

  it('does not read a file that is too large to the end', async () => {
    await expect(loadScenario('/dev/zero', gateProblem)).rejects.toThrowError('1:1 is larger than 128 KiB');
  });
});

describe('listBuiltins', () => {
  it('lists every built-in with what it is for', async () => {
    const list = await listBuiltins();
    expect(list.map(({ name }) => name)).toEqual([
      'auth',
      'broadcast',
      'cache-master-loss',
      'churn',
      'connect',
      'count',
      'edge-failover',
      'edge-fanout',
      'edge-read',
      'failover',
      'fanout',
      'frozen-relay',
      'hot-replaceable',
      'large',
      'mixed',
      'primary-failover',
      'publish',
      'pubsub-loss',
      'query',
      'quick',
      'reconnect-storm',
      'redis-restart',
      'replay',
      'replica-lag',
      'rolling-restart',
      'search',
      'sessions',
      'shapes',
      'slow-reader',
      'soak',
      'split-brain',
      'standard',
      'steps',
      'storm',
      'sybil',
      'sync',
      'visibility',
    ]);
    for (const { description } of list) expect(description.length).toBeGreaterThan(20);
  });
});
