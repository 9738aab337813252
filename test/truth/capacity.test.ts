import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Capacity, capacitySchema } from '../../src/capacity/schema.ts';
import { readRunRecord } from '../../src/record/read.ts';
import { runCli } from '../support/run-cli.ts';
import type { RelayScript } from '../support/scripted-relay/script.ts';
import { withScriptedRelay } from '../support/scripted-relay.ts';

// A search against a relay whose limit is known. Where a busy machine keeps the generator from carrying out steps the
// result says so, and then no number is asserted; five searches in a row are those of bench/capacity.mjs.

/** Ten steps, each with its processes. */
const TIMEOUT_MS = 400_000;
const SHORT = ['--duration', '3s', '--warmup', '1s', '--budget', '6m', '--format', 'json'];

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'relay-bench-truth-'));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

async function searched(script: RelayScript) {
  const out = await mkdtemp(join(root, 'capacity-'));
  const result = await withScriptedRelay(script, ({ url }) =>
    runCli(['capacity', 'publish', '--relay', url, '--out', out, ...SHORT]),
  );
  const found = capacitySchema.parse(JSON.parse(result.stdout));
  expect(JSON.parse(await readFile(join(out, 'capacity.json'), 'utf8'))).toEqual(found);
  return { result, found, out };
}

/** Whether the generator carried out every step; where it did not, the document says so. */
function isUndisturbed({ steps, caveats, limit }: Capacity): boolean {
  const disturbed = steps.some(({ verdict }) => verdict === 'invalid');
  if (disturbed) expect(caveats.join('; ')).toMatch(/the generator could not carry out/);
  else expect(limit.atLeast).toBe(false);
  return !disturbed;
}

describe('capacity against a relay whose limit is known', () => {
  test('one that takes exactly 300 events/s one after the other carries 300 ± 5 %, found in twelve steps', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const { result, found, out } = await searched({ events: { capacity_per_s: 300 } });
    expect(result.exitCode).toBe(0);
    expect(result.stderr).toMatch(/step 2: 250 events\/s \(double\); 125 holds; /);
    for (const { file, runId } of found.steps) {
      expect((await readRunRecord(join(out, file ?? ''))).runId).toBe(runId);
    }
    if (!isUndisturbed(found)) return;
    expect(found.steps.length).toBeLessThanOrEqual(12);
    expect(found.limit.rate_per_s).toBeGreaterThanOrEqual(285);
    expect(found.limit.rate_per_s).toBeLessThanOrEqual(315);
    expect(found.firstToFail?.gates[0]?.metric).toBe('ack_latency');
  });
});
