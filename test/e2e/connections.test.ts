import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRunRecord } from '../../src/record/read.ts';
import type { RunRecord } from '../../src/record/schema.ts';
import { runCli } from '../support/run-cli.ts';
import type { RelayScript } from '../support/scripted-relay/script.ts';
import type { RelayStats } from '../support/scripted-relay/stats.ts';
import { withScriptedRelay } from '../support/scripted-relay.ts';

// What relays do to connections, and what a user sees of it. No figure is asserted that a busy machine changes.

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-connections-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly record: RunRecord;
  readonly relay: RelayStats;
}

/** `run quick` for two seconds, judged by what gets lost alone. */
async function quick(name: string, script: RelayScript, more: readonly string[] = []): Promise<Outcome> {
  const out = join(directory, name);
  return await withScriptedRelay(script, async ({ url, stats }) => {
    const length = ['--duration', '2s', '--warmup', '1s'];
    const gates = ['ack_ratio', 'query_ratio', 'delivery_ratio'].flatMap((ratio) => [
      '--gate',
      `${ratio} >= 100%`,
    ]);
    const args = ['run', 'quick', '--relay', url, '--out', out, '--progress', 'none', ...length];
    const { exitCode, stdout } = await runCli([...args, '--no-default-gates', ...gates, ...more]);
    return {
      exitCode,
      stdout,
      record: await readRunRecord(join(out, 'run.json')),
      relay: await stats(),
    };
  });
}

/** Gates that do not hold. */
function broken({ gates }: RunRecord): readonly string[] {
  return gates.filter(({ verdict }) => verdict !== 'pass').map(({ expression }) => expression);
}

describe('a relay that demands AUTH for everything', () => {
  const script: RelayScript = {
    auth: { challenge: 'on-connect', delay: { kind: 'exact', ms: 5 } },
    queries: { kept: {} },
  };

  test('is measured without an option: nothing is lost, and the table shows what AUTH takes', async () => {
    const { exitCode, stdout, record, relay } = await quick('auth', script, ['--audit']);
    expect(broken(record)).toEqual([]);
    // 103 where this machine was too busy to trust the figures.
    expect([0, 103]).toContain(exitCode);
    expect(stdout).toMatch(/^ +auth_latency +64 /m);
    expect(record.counters).toMatchObject({ auths_accepted: 64, auths_rejected: {}, events_rejected: {} });
    expect(record.counters.events_retried_after_auth).toBeGreaterThan(0);
    expect(record.audit).toMatchObject({ lost: [] });
    // Of the load, of the probe before it and of the audit behind it.
    expect(relay.authKeys).toBeGreaterThanOrEqual(66);
  });

  test('is told the address that --auth-url names', async () => {
    const { relay } = await quick('auth-url', script, ['--auth-url', 'wss://relay.example']);
    expect(relay.authRelays).toEqual(['wss://relay.example/']);
  });
});

describe('a relay that limits to 10 events a second', () => {
  test('has the limiter, and from which rate on it limits, told in the first lines', async () => {
    const { stdout, record, exitCode } = await quick('limited', { events: { limit_per_s: 10 } });
    expect(exitCode).not.toBe(0);
    expect(record.rateLimiter).toMatchObject({ what: 'events' });
    const first = stdout.split('\n').slice(0, 6).join(' ').replaceAll(/\s+/g, ' ');
    expect(first).toMatch(
      /measured was the rate limiter of the relay, not the relay: it refuses from about (9|10|11) events\/s on/,
    );
  });
});
