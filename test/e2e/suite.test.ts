import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRunRecord } from '../../src/record/read.ts';
import { readSuite } from '../../src/suite/read.ts';
import { suiteSchema } from '../../src/suite/schema.ts';
import { type CliResult, runCli } from '../support/run-cli.ts';

// The battery of the built program, two of its parts against the reference and a relay that is not ours. Whether a busy machine
// leaves a part valid is not asserted; what is said about it is.

const path = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const NPM = `${process.execPath} ${path('bench/npm-relay.mjs')} --port {port}`;

let out = '';
let result: CliResult;
const RELAYS = ['--relay', 'ours=embedded', '--relay', `npm=${NPM}`];
const PARTS = ['suite', '--quick', '--only', 'connect,sync', '--duration', '1s', '--format', 'json'];

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'relay-bench-suite-'));
  result = await runCli([...PARTS, ...RELAYS, '--out', out]);
});
afterAll(async () => {
  await rm(out, { recursive: true });
});

describe('suite', () => {
  test('ends with a card of every relay and prints it', async () => {
    expect([0, 103]).toContain(result.exitCode);
    const suite = suiteSchema.parse(JSON.parse(result.stdout));
    expect(await readSuite(join(out, 'suite.json'))).toEqual(suite);
    expect(suite).toMatchObject({ mode: 'quick', reference: 'ours', partial: false });
    expect(suite.parts.map(({ id }) => id)).toEqual(['sync', 'connect']);
    for (const file of ['suite.md', 'suite.html']) expect(existsSync(join(out, file))).toBe(true);
  });

  test('leaves out what a relay does not do, and says so', async () => {
    const { parts, relays } = await readSuite(join(out, 'suite.json'));
    const sync = parts.find(({ id }) => id === 'sync')?.runs.find(({ relay }) => relay === 'npm');
    expect(sync).toMatchObject({ status: 'skipped', reason: expect.stringContaining('NIP-77') });
    const abilities = relays.find(({ name }) => name === 'ours')?.abilities ?? [];
    expect(abilities.filter(({ supported }) => !supported)).toEqual([]);
  });

  test('leaves an ordinary run.json for every part that was carried out', async () => {
    const { parts } = await readSuite(join(out, 'suite.json'));
    const runs = parts.flatMap((part) =>
      part.runs.filter(({ status }) => ['measured', 'invalid'].includes(status)),
    );
    expect(runs).toHaveLength(3);
    for (const { file, runId } of runs)
      expect((await readRunRecord(join(out, file ?? ''))).runId).toBe(runId);
  });

  test('goes on where it was, and measures again only what was not valid', async () => {
    const before = await readSuite(join(out, 'suite.json'));
    const again = await runCli([
      'suite',
      '--quick',
      '--duration',
      '1s',
      '--format',
      'json',
      ...RELAYS,
      '--resume',
      out,
    ]);
    const after = suiteSchema.parse(JSON.parse(again.stdout));
    for (const { id, runs } of before.parts) {
      for (const { relay, status, runId } of runs) {
        if (status !== 'measured') continue;
        const now = after.parts.find((part) => part.id === id)?.runs.find((run) => run.relay === relay);
        expect(now?.runId, `${relay} ${id}`).toBe(runId);
      }
    }
  });
});
