import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readRunRecord } from '../../src/record/read.ts';
import { eventually } from '../support/eventually.ts';
import { expectNumbersOf, type Told, toldName } from '../support/exposed-run.ts';
import { runCli } from '../support/run-cli.ts';
import { stackDir } from '../support/stack-dir.ts';
import { tempDir } from '../support/temp-dir.ts';

const run = promisify(execFile);
const GRAFANA = fileURLToPath(new URL('../../docs/grafana/', import.meta.url));
/** What scenario quick has stored before its load. */
const STORED_BEFORE = 1_000;

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

async function asked<T>(prometheus: string, path: string): Promise<T> {
  const answer = await fetch(new URL(`/api/v1/${path}`, prometheus));
  const { status, data } = (await answer.json()) as { status: string; data: T };
  expect(status).toBe('success');
  return data;
}

async function query(prometheus: string, expression: string): Promise<readonly Sample[]> {
  const path = `query?${new URLSearchParams({ query: expression })}`;
  return (await asked<{ result: readonly Sample[] }>(prometheus, path)).result;
}

/** What it has kept of a run: of every series the last sample. */
async function keptOf(prometheus: string, runId: string): Promise<Told> {
  const kept = await query(prometheus, `last_over_time({__name__=~"relaybench_.+",run_id="${runId}"}[1h])`);
  return new Map(
    kept.map(({ metric, value: [, value] }) => [
      toldName(metric['__name__'] ?? '', Object.entries(metric)),
      Number(value),
    ]),
  );
}

describe('alert rules', () => {
  it('are what promtool takes for rules, and fire when they should', async () => {
    const { stdout } = await run('promtool', ['check', 'rules', `${GRAFANA}alerts.yaml`]);
    expect(stdout).toContain('SUCCESS: 13 rules found');
    await run('promtool', ['test', 'rules', fileURLToPath(new URL('alerts.yaml', import.meta.url))]);
  });
});

describe('the Prometheus of a stack', () => {
  it('keeps of a run what its record says, and of the relay what it was sent', async () => {
    const [dir, out] = [await stackDir(), await tempDir()];
    const up = await runCli(['stack', 'up', 'single', '--observe', '--dir', dir]);
    expect(up.exitCode, up.stderr).toBe(0);
    const [, url = '', port = ''] =
      /^Prometheus: (http:\S+), .* --metrics-listen (\d+), too$/m.exec(up.stdout) ?? [];
    await run('promtool', ['check', 'config', `${dir}/prometheus/prometheus.yml`]);
    const { groups } = await asked<{ groups: { rules: { health: string }[] }[] }>(url, 'rules');
    expect(groups.flatMap(({ rules }) => rules)).toHaveLength(13);

    const result = await runCli([
      ...['run', 'quick', '--stack', 'single', '--stack-dir', dir, '--out', out, '--no-audit'],
      ...['--duration', '3s', '--warmup', '0s', '--rate', '50', '--connections', '8'],
      ...['--format', 'json', '--metrics-listen', port],
    ]);
    const record = await readRunRecord(`${out}/run.json`);
    expect(result.exitCode).toBe(record.exitCode);

    let kept: Told = new Map();
    await eventually('the end of the run in Prometheus', async () => {
      kept = await keptOf(url, record.runId);
      return kept.get('stage finished') === 1;
    });
    expectNumbersOf(record, kept);
    await eventually('every event of the run in what the relay tells', async () => {
      const [sum] = await query(url, 'sum(nostr_events_total{job="nostr-relay",instance="relay-1"})');
      return Number(sum?.value[1]) === STORED_BEFORE + record.counters.events_sent;
    });
    expect((await query(url, 'up{job="nostr-relay"} == 1')).map(({ metric }) => metric['instance'])).toEqual([
      'relay-1',
    ]);
  });
});
