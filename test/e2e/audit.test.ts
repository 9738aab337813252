import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Audit } from '../../src/record/audit-schema.ts';
import { readRunRecord } from '../../src/record/read.ts';
import { startBuiltRelay } from '../support/built-relay.ts';
import { runCli } from '../support/run-cli.ts';
import type { RelayScript } from '../support/scripted-relay/script.ts';
import { withScriptedRelay } from '../support/scripted-relay.ts';

// The audit as a user sees it, from the load to what is read back. What it finds is in test/unit/audit, one by one.

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relay-bench-audit-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

const SHORT = ['--duration', '2s', '--warmup', '1s', '--progress', 'none'];

/** The invariants of which something was checked, and those that are violated. */
function summaryOf({ invariants = [] }: Audit): { readonly checked: string[]; readonly violated: string[] } {
  return {
    checked: invariants.filter(({ checked }) => checked > 0).map(({ id }) => id),
    violated: invariants.filter(({ violated }) => violated > 0).map(({ id }) => id),
  };
}

describe('the audit of the embedded relay', () => {
  test('checks what can be checked, breaks nothing, and shows it in every report', async () => {
    const out = join(directory, 'embedded');
    const gates = ['--no-default-gates', '--gate', 'audit_violations == 0', '--gate', 'lost_events == 0'];
    const { stdout } = await runCli(['run', 'quick', '--audit', '--out', out, ...gates, ...SHORT]);
    const record = await readRunRecord(join(out, 'run.json'));
    expect(record.gates.map(({ verdict }) => verdict)).toEqual(['pass', 'pass']);
    expect(summaryOf(record.audit as Audit)).toEqual({
      checked: ['I1', 'I3', 'I6', 'I8', 'I9'],
      violated: [],
    });
    expect(record.audit?.acknowledged).toBeGreaterThan(50);
    expect(stdout).toMatch(/✓ +I1 acknowledged events are readable/);
    expect(stdout).toMatch(/· +I4 replaceable events converge +not checked/);
    const markdown = await runCli(['report', join(out, 'run.json'), '--format', 'md']);
    expect(markdown.stdout).toContain('I1 acknowledged events are readable');
  });

  test('is repeated against a relay that is still there, and finds what is gone', async () => {
    const out = join(directory, 'again');
    const kept = await startBuiltRelay(['--port', '0']);
    try {
      await runCli(['run', 'quick', '--audit', '--relay', kept.url, '--out', out, ...SHORT]);
      const again = await runCli(['audit', join(out, 'run.json'), '--probe']);
      expect(again, again.stderr).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(' 0 lost') });
      expect(again.stdout).toMatch(/^I3 {2}clients read what they have written: 0 of 100 violated/m);
    } finally {
      await kept.stop();
    }
    const empty = await startBuiltRelay(['--port', '0']);
    try {
      const lost = await runCli(['audit', join(out, 'run.json'), '--relay', empty.url, '--json']);
      expect(lost.exitCode, lost.stderr).toBe(99);
      const result = JSON.parse(lost.stdout) as Audit;
      expect(result.found).toBe(0);
      expect(summaryOf(result).violated).toEqual(['I1']);
    } finally {
      await empty.stop();
    }
  });
});

describe('a relay with a fault', () => {
  const run = async (name: string, script: RelayScript): Promise<Audit> => {
    const out = join(directory, name);
    return await withScriptedRelay(script, async ({ url }) => {
      await runCli(['run', 'quick', '--audit', '--relay', url, '--out', out, ...SHORT]);
      const { audit } = await readRunRecord(join(out, 'run.json'));
      if (audit === null) throw new Error('nothing was audited');
      return audit;
    });
  };

  test('that loses acknowledged events', async () => {
    const audit = await run('loses', {
      queries: { kept: {} },
      events: { kindsAnswered: { kinds: [1], accepted: true, message: '' } },
    });
    expect(summaryOf(audit).violated).toContain('I1');
    expect(audit.found).toBe(0);
  });

  test('that delivers twice', async () => {
    const audit = await run('twice', { queries: { kept: {} }, live: { twiceEvery: 10 } });
    expect(summaryOf(audit).violated).toEqual(['I6']);
  });

  test('that keeps nothing of what it refuses is right', async () => {
    const audit = await run('refuses', {
      queries: { kept: {} },
      events: { reject: { every: 10, message: 'blocked: you' } },
    });
    expect(summaryOf(audit)).toMatchObject({ violated: [] });
    expect(summaryOf(audit).checked).toContain('I2');
  });
});
