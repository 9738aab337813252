import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Capacity } from '../../../../src/capacity/schema.ts';
import { fileOf, keptOutcome, requireSameSuite } from '../../../../src/cli/suite/kept.ts';
import { selectParts } from '../../../../src/suite/parts.ts';
import { sampleCapacity } from '../../../support/sample-capacity.ts';
import { samplePlan } from '../../../support/sample-plan.ts';
import { SAMPLE_RELAYS, sampleSuite } from '../../../support/sample-suite.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const [part] = selectParts(['capacity']);
if (part === undefined) throw new Error('no search');
const run = { part, scenario: { name: 'publish', sha256: 'ab'.repeat(32) }, plan: samplePlan() };

async function kept(text: string | null) {
  const directory = await tempDir();
  const path = join(directory, fileOf(run, 'mine'));
  await mkdir(dirname(path), { recursive: true });
  if (text !== null) await writeFile(path, text);
  return keptOutcome(directory, run, { relay: 'mine', restarted: false });
}
const found = (changes: Partial<Capacity> = {}): string =>
  JSON.stringify({ ...sampleCapacity(), ...changes });

describe('a search of before', () => {
  test('is kept', async () => {
    const outcome = await kept(found());
    expect(outcome).toMatchObject({ status: 'measured', file: join('mine', 'capacity', 'capacity.json') });
    expect(outcome?.readings.get('rate')?.value).toBe(sampleCapacity().limit.rate_per_s);
  });

  test.each([
    ['is not there', null],
    ['is cut off', '{"capacityVersion":'],
    ['is something else', '{}'],
    ['was interrupted', found({ ended: 'interrupted' })],
    ['lost its relay', found({ ended: 'target-lost' })],
    ['searched another load', found({ scenario: { name: 'query', sha256: 'ab'.repeat(32) } })],
  ])('that %s is made again', async (_, text) => {
    expect(await kept(text)).toBeNull();
  });
});

describe('a suite that goes on', () => {
  const before = sampleSuite();
  const now = { ...before, relays: [...SAMPLE_RELAYS] };

  test('is the same as before, whatever its relays have said of themselves since', () => {
    const relays = SAMPLE_RELAYS.map((relay) => ({ ...relay, software: null, abilities: [] }));
    expect(() => requireSameSuite(before, { ...now, relays })).not.toThrow();
  });

  test.each([
    ['mode', { mode: 'full' as const }, /another mode: quick, now full/],
    ['seed', { seed: 2 }, /another seed: 1, now 2/],
    ['relays', { relays: SAMPLE_RELAYS.slice(1) }, /another relays: mine/],
    ['machine', { machine: { ...before.machine, cpus: 8 } }, /another machine: 2 × Test CPU, now 8/],
  ])('is refused with another %s', (_, changes, message) => {
    const differs = (): void => requireSameSuite(before, { ...now, ...changes });
    expect(differs).toThrow(
      expect.objectContaining({ code: 'SUITE_DIFFERS', message: expect.stringMatching(message) }),
    );
  });
});
