import { expect, it, onTestFinished } from 'vitest';
import { openReadConnection } from '../../src/audit/read-connection.ts';
import type { NostrEvent } from '../../src/nostr/event.ts';
import { readRunRecord } from '../../src/record/read.ts';
import type { RunRecord } from '../../src/record/schema.ts';
import { startBuiltRelay } from '../support/built-relay.ts';
import { runCli } from '../support/run-cli.ts';
import { tempDir } from '../support/temp-dir.ts';

interface Cleaned {
  readonly record: RunRecord;
  readonly stderr: string;
  /** What the relay has at the end, as far as one answer goes. */
  readonly left: readonly NostrEvent[];
}

/** Runs a built-in for two seconds against a relay that stays, and asks it afterwards for everything. */
async function cleanedRun(scenario: string, args: readonly string[]): Promise<Cleaned> {
  const relay = await startBuiltRelay();
  onTestFinished(() => relay.stop());
  const out = await tempDir();
  const short = ['--duration', '2s', '--warmup', '0s', '--connections', '10', '--seed', '3'];
  const where = ['--relay', relay.url, '--out', out, '--format', 'json', '--cache', await tempDir()];
  const { stderr } = await runCli(['run', scenario, ...where, ...short, '--clean-up', ...args]);
  const reader = await openReadConnection({ url: relay.url, timeoutMs: 10_000, insecure: false });
  onTestFinished(() => reader.close());
  return {
    record: await readRunRecord(`${out}/run.json`),
    stderr,
    left: await reader.query({ limit: 5_000 }),
  };
}

it('quick --clean-up leaves nothing but deletion requests, after the audit has found all', async () => {
  const { record, stderr, left } = await cleanedRun('quick', ['--audit']);
  const { audit, cleanUp, counters } = record;
  expect(audit?.lost).toEqual([]);
  expect(cleanUp?.found).toBeGreaterThanOrEqual(counters.events_accepted);
  expect(cleanUp).toMatchObject({ deleted: cleanUp?.found, refused: {}, problems: [] });
  expect(new Set(left.map(({ kind }) => kind))).toEqual(new Set([5]));
  expect(left).toHaveLength(cleanUp?.requests ?? 0);
  expect(stderr).toMatch(
    /clean-up: [\d,]+ of [\d,]+ events are gone \(\d+ deletion requests taken, which stay\)/,
  );
});

it('mixed --clean-up deletes the generated corpus of many kinds', async () => {
  const { record, left } = await cleanedRun('mixed', []);
  const { cleanUp } = record;
  expect(cleanUp?.found).toBeGreaterThan(100);
  expect(cleanUp).toMatchObject({ deleted: cleanUp?.found, problems: [] });
  expect(left.filter(({ kind }) => kind !== 5)).toEqual([]);
});
