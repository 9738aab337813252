import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comparisonSchema } from '../../src/compare/schema.ts';
import { standingSchema } from '../../src/compare/standing-schema.ts';
import { readRunRecord } from '../../src/record/read.ts';
import { type CliResult, runCli } from '../support/run-cli.ts';

// Contests of the built program, against relays that it starts by a command: ours and one that is not ours. Whether a
// busy machine leaves a round valid is not asserted; what is said about it is.

const path = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const OURS = `${process.execPath} ${path('dist/relay/main.js')} --port {port}`;
const OTHER = `${process.execPath} ${path('test/support/nostr-relay-main.mjs')} {port}`;

const SCENARIO = `
name: contest
description: A little publishing and querying.
connections: { count: 6 }
corpus: { events: 60 }
workloads:
  publish: { rate: 120/s }
  query: { rate: 110/s, filters: [{ name: feed, filter: { kinds: [1], limit: 20 } }] }
warmup: 500ms
phases: [{ name: steady, duration: 2s }]
drain: 2s
`;

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'relay-bench-e2e-'));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

/** Processes whose command line holds a text. */
async function processesWith(text: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => line.includes(text) && !line.includes('vitest'));
}

async function contest(command: string, args: (scenario: string) => readonly string[]) {
  const directory = await mkdtemp(join(root, 'contest-'));
  const scenario = join(directory, 'contest.yaml');
  const out = join(directory, 'out');
  await writeFile(scenario, SCENARIO);
  const result: CliResult = await runCli([command, ...args(scenario), '--out', out, '--format', 'json']);
  return { result, out };
}

describe('versus a relay that is not ours', () => {
  let result: CliResult;
  let records: Awaited<ReturnType<typeof readRunRecord>>[] = [];
  beforeAll(async () => {
    const held = await contest('versus', (scenario) => [
      scenario,
      ...['--relay', `ours=${OURS}`, '--relay', `other=${OTHER}`, '--rounds', '1'],
    ]);
    result = held.result;
    records = await Promise.all(
      ['ours', 'other'].map((name) => readRunRecord(join(held.out, `01-${name}.json`))),
    );
  });

  test('both carry out the same load', () => {
    for (const { counters, load } of records) {
      expect(load.offered.events).toBe(240);
      expect(counters.events_accepted).toBe(counters.events_sent);
      expect(counters.queries_completed).toBe(counters.queries_sent);
      expect(counters.query_events_received).toBeGreaterThan(0);
    }
    expect(new Set(records.map(({ corpus }) => corpus.fingerprint)).size).toBe(1);
  });

  test('ends with one table of both, marked where the machine was too busy for a valid one', () => {
    expect([0, 103]).toContain(result.exitCode);
    const standing = standingSchema.parse(JSON.parse(result.stdout));
    expect(standing.validity).toBe(result.exitCode === 0 ? 'valid' : 'invalid');
    expect(standing.relays.map(({ name }) => name)).toEqual(['ours', 'other']);
    expect(standing.answers[0]).toMatchObject({ what: 'events a query' });
  });

  test('leaves no relay and no directory behind', async () => {
    expect(await processesWith('nostr-relay-main.mjs')).toEqual([]);
    for (const { target } of records)
      expect(target.urls).toEqual([expect.stringMatching(/^ws:\/\/127\.0\.0\.1:/)]);
  });
});

test('ab of a relay with itself decides nothing by one pair', async () => {
  const { result, out } = await contest('ab', (scenario) => [
    scenario,
    ...['--base', OURS, '--candidate', OURS, '--rounds', '1'],
  ]);
  expect([0, 103]).toContain(result.exitCode);
  if (result.exitCode !== 0) return;
  expect(comparisonSchema.parse(JSON.parse(result.stdout)).verdict).toBe('inconclusive');
  expect(existsSync(join(out, 'comparison.md'))).toBe(true);
});

describe('a command that starts no relay', () => {
  test.each([
    ['ends', 'sh -c "exit 7" {port}', /the command of base ended with exit code 7/],
    ['is none', 'no-such-relay {port}', /the command of base ended with exit code 127.*no-such-relay/],
  ])('%s', async (_, base, says) => {
    const { result } = await contest('ab', (scenario) => [scenario, '--base', base, '--candidate', base]);
    expect({ exitCode: result.exitCode, stdout: result.stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(result.stderr.replace(/of candidate/, 'of base')).toMatch(says);
  });
});
