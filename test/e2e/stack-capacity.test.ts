import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Capacity, capacitySchema } from '../../src/capacity/schema.ts';
import { processesIn } from '../../src/observe/process-identity.ts';
import { readRunRecord } from '../../src/record/read.ts';
import { runCli, startCli } from '../support/run-cli.ts';
import { stackDir } from '../support/stack-dir.ts';

// Searches over numbers of relays, as short as they can be: that each has a stack of its own and that everything is kept.
// How much a stack carries is not asserted; bench/scaling.mjs measures it.

const SHORT = [
  '--rate',
  '100',
  '--connections',
  '20',
  '--duration',
  '3s',
  '--warmup',
  '1s',
  '--tolerance',
  '90%',
];

/** Exit codes of a search that was carried out; a busy machine may break every gate or leave the generator late. */
const CARRIED_OUT = [0, 99, 103];

async function documentIn(directory: string): Promise<Capacity> {
  return capacitySchema.parse(JSON.parse(await readFile(join(directory, 'capacity.json'), 'utf8')));
}

function expectNothingLeft(dir: string): void {
  expect(processesIn(dir)).toEqual([]);
  expect(existsSync(dir)).toBe(false);
}

describe('capacity --relays', () => {
  test('searches once for each number of relays, each on a stack of its own, and keeps all of it', async () => {
    const dir = await stackDir();
    const out = join(dirname(dir), 'out');
    const args = ['capacity', 'publish', '--stack', 'scaled', '--stack-dir', dir, '--relays', '2,1'];
    const ended = await runCli([...args, '--out', out, '--budget', '20s', '--format', 'json', ...SHORT]);
    expect(CARRIED_OUT, ended.stderr).toContain(ended.exitCode);
    expect(ended.stderr).toContain('2 searches, each at most 20 s');
    const found = await documentIn(out);
    expect(JSON.parse(ended.stdout)).toEqual(found);
    expect(found.target).toMatchObject({ kind: 'stack', relays: 2 });
    expect(found.scaling?.points.map(({ relays }) => relays)).toEqual([1, 2]);
    expect(found.scaling).toMatchObject({ law: null, noLaw: expect.stringContaining('2 were measured') });
    for (const relays of [1, 2]) {
      const one = await documentIn(join(out, `relays-${relays}`));
      expect(one.target.relays).toBe(relays);
      const [step] = one.steps;
      const record = await readRunRecord(join(out, `relays-${relays}`, step?.file ?? ''));
      const processes = record.components.filter(({ name }) => name.startsWith('relay-'));
      expect(processes).toHaveLength(relays);
      // A gate of an audit that nobody makes would leave every step without data.
      expect(record.gates.filter(({ verdict }) => verdict === 'no-data')).toEqual([]);
    }
    expect((await readRunRecord(join(out, found.steps[0]?.file ?? ''))).target.kind).toBe('stack');
    expectNothingLeft(dir);
  }, 300_000);

  test('keeps what it has found when it is interrupted, and leaves no stack behind', async () => {
    const dir = await stackDir();
    const out = join(dirname(dir), 'out');
    const args = [
      'capacity',
      'publish',
      '--stack',
      'scaled',
      '--stack-dir',
      dir,
      '--relays',
      '1,2',
      '--out',
      out,
    ];
    const cli = startCli([...args, ...SHORT]);
    try {
      await cli.until(/step 2: /);
      cli.child.kill('SIGINT');
      const { exitCode, stderr } = await cli.result;
      expect(exitCode, stderr).toBe(130);
      const found = await documentIn(out);
      expect(found).toMatchObject({ ended: 'interrupted', target: { relays: 1 } });
      expect(found.steps.length).toBeGreaterThanOrEqual(1);
      expect(found.caveats).toContain('stack scaled with 2 relays was not searched: interrupted');
      expectNothingLeft(dir);
    } finally {
      await cli.stop();
    }
  }, 300_000);
});
