import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Capacity, capacitySchema } from '../../src/capacity/schema.ts';
import { processesIn } from '../../src/observe/process-identity.ts';
import { readRunRecord } from '../../src/record/read.ts';
import { runCli } from '../support/run-cli.ts';
import { stackDir } from '../support/stack-dir.ts';

// Searches over two numbers of relays, a step or two each: that each has a stack of its own and that everything is kept.
// How much a stack carries is not asserted; bench/scaling.mjs measures it. What ends the searches early: the unit tests.

const SHORT = [
  '--rate',
  '150',
  '--connections',
  '10',
  '--duration',
  '2s',
  '--warmup',
  '0s',
  '--budget',
  '6s',
];

/** Exit codes of a search that was carried out; a busy machine may break every gate or leave the generator late. */
const CARRIED_OUT = [0, 99, 103];

async function documentIn(directory: string): Promise<Capacity> {
  return capacitySchema.parse(JSON.parse(await readFile(join(directory, 'capacity.json'), 'utf8')));
}

describe('capacity --relays', () => {
  test('searches once for each number of relays, each on a stack of its own, and keeps all of it', async () => {
    const dir = await stackDir();
    const out = join(dirname(dir), 'out');
    const args = ['capacity', 'publish', '--stack', 'scaled', '--stack-dir', dir, '--relays', '2,1'];
    const ended = await runCli([...args, '--out', out, '--format', 'json', ...SHORT]);
    expect(CARRIED_OUT, ended.stderr).toContain(ended.exitCode);
    expect(ended.stderr).toContain('2 searches, each at most 6 s');
    const found = await documentIn(out);
    expect(JSON.parse(ended.stdout)).toEqual(found);
    expect(found.target).toMatchObject({ kind: 'stack', relays: 2 });
    expect(found.scaling?.points.map(({ relays }) => relays)).toEqual([1, 2]);
    expect(found.scaling).toMatchObject({ law: null, noLaw: expect.stringContaining('2 were measured') });
    for (const relays of [1, 2]) await expectSearch(join(out, `relays-${relays}`), relays);
    expect((await readRunRecord(join(out, found.steps[0]?.file ?? ''))).target.kind).toBe('stack');
    expect(processesIn(dir)).toEqual([]);
    expect(existsSync(dir)).toBe(false);
  }, 300_000);
});

async function expectSearch(directory: string, relays: number): Promise<void> {
  const { target, steps } = await documentIn(directory);
  expect(target.relays).toBe(relays);
  const { components, gates } = await readRunRecord(join(directory, steps[0]?.file ?? ''));
  expect(components.filter(({ name }) => name.startsWith('relay-'))).toHaveLength(relays);
  // A gate of an audit that nobody makes would have no data.
  expect(gates.filter(({ verdict }) => verdict === 'no-data')).toEqual([]);
}
