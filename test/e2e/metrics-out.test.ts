import { readFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readRunRecord } from '../../src/record/read.ts';
import type { RunRecord } from '../../src/record/schema.ts';
import { startBuiltRelay } from '../support/built-relay.ts';
import { eventually } from '../support/eventually.ts';
import { expectNumbersOf, type Told, toldIn } from '../support/exposed-run.ts';
import { type HttpReceiver, startHttpReceiver } from '../support/http-receiver.ts';
import { otlpProblems } from '../support/otlp-fields.ts';
import { type RunningCli, startCli } from '../support/run-cli.ts';
import { runMain } from '../support/run-main.ts';
import { tempDir } from '../support/temp-dir.ts';

async function receiver(...answer: Parameters<typeof startHttpReceiver>): Promise<HttpReceiver> {
  const started = await startHttpReceiver(...answer);
  onTestFinished(() => started.stop());
  return started;
}

/** Scrapes a run under load, then until it has told its end; once that is told it ends. */
async function scrapeToTheEnd(running: RunningCli): Promise<{ readonly under: Told; readonly last: Told }> {
  await running.until(/live metrics at http:\S+/);
  const [, url = ''] = /live metrics at (http:\S+)/.exec(running.stderr()) ?? [];
  let told: Told = new Map();
  const scrape = async (): Promise<void> => {
    told = toldIn(await (await fetch(url)).text());
  };
  await eventually('a scrape under load', async () => {
    await scrape();
    return told.get('stage running') === 1 && (told.get('ack_latency_seconds_count') ?? 0) > 0;
  });
  const under = told;
  await eventually('the scrape of the end', async () => {
    await scrape();
    return told.get('stage finished') === 1;
  });
  return { under, last: told };
}

function expectPushed(gateway: HttpReceiver, record: RunRecord): void {
  expect(gateway.received.length).toBeGreaterThan(1);
  expect(new Set(gateway.received.map(({ path }) => path))).toEqual(
    new Set(['/metrics/job/relay-bench/scenario/quick']),
  );
  const text = gateway.received.at(-1)?.body ?? '';
  expectNumbersOf(record, toldIn(text));
  // No label carries an event id or a key.
  expect(text.match(/="[^"]*([0-9a-f]{16}|n(pub|ote|event)1)[^"]*"/gi)).toBeNull();
}

function expectExported(collector: HttpReceiver, record: RunRecord): void {
  const exported = JSON.parse(collector.received.at(-1)?.body ?? '');
  expect(otlpProblems(exported)).toEqual([]);
  expect(collector.received[0]?.headers.authorization).toMatch(/^Basic /);
  const sent = exported.resourceMetrics[0].scopeMetrics[0].metrics.find(
    ({ name }: { name: string }) => name === 'relaybench_events_sent',
  );
  expect(sent.sum.dataPoints[0].asDouble).toBe(record.counters.events_sent);
}

function expectAsked({ relayMetrics = [], counters }: RunRecord, metricsUrl: string): void {
  const [relay, hostile, away] = relayMetrics;
  expect(relay).toMatchObject({ url: metricsUrl, software: 'relay-bench', malformedLines: 0 });
  expect(relay?.samples).toHaveLength(relay?.scrapes ?? 0);
  expect(relay?.figures['connections_max']).toBe(8);
  // It was asked first when the load began and last when it ended.
  expect(relay?.figures['events_total'] ?? 0).toBeLessThanOrEqual(counters.events_sent);
  expect(hostile?.malformedLines).toBeGreaterThan(0);
  expect(away).toMatchObject({ url: 'http://***@127.0.0.1:1/metrics', failed: away?.scrapes });
  expect(away?.problem).toContain('ECONNREFUSED');
}

describe('metrics of a run', () => {
  it('are served while it goes on, pushed and exported, those of the relay kept; at its end they are those of run.json', async () => {
    const gateway = await receiver();
    const collector = await receiver(() => ({ status: 200, text: '{}' }));
    const hostile = await receiver(() => ({
      status: 200,
      text: `${'\u0000<html>{"'.repeat(1_000)}\nnostr_relay_session 1e999\nnostr_relay_new_event -NaN\n`,
    }));
    const relay = await startBuiltRelay();
    onTestFinished(() => relay.stop());
    const out = await tempDir();
    const running = startCli([
      ...['run', 'quick', '--relay', relay.url, '--out', out, '--progress', 'plain', '--seed', '5'],
      ...['--duration', '4s', '--warmup', '0s', '--connections', '8', '--format', 'md,html'],
      ...['--metrics-listen', '127.0.0.1:0', '--pushgateway', gateway.url],
      ...['--otlp', collector.url.replace('//', '//me:secret@')],
      ...['--relay-metrics', relay.metricsUrl, '--relay-metrics', hostile.url],
      ...['--relay-metrics', 'http://me:secret@127.0.0.1:1/metrics'],
    ]);
    onTestFinished(() => running.stop());
    const { under, last } = await scrapeToTheEnd(running);
    const { exitCode, stderr } = await running.result;
    const record = await readRunRecord(`${out}/run.json`);
    expect(exitCode).toBe(record.exitCode);
    expect(stderr).not.toContain('secret');
    expect(record.caveats.join()).not.toContain('push gateway');

    expect(under.get('connections_open')).toBe(8);
    expect(under.has('verdict pass')).toBe(false);
    for (const [name, value] of under) {
      if (name.endsWith('_total')) expect(last.get(name) ?? 0, name).toBeGreaterThanOrEqual(value);
    }
    expectNumbersOf(record, last);
    expectPushed(gateway, record);
    expectExported(collector, record);
    expectAsked(record, relay.metricsUrl);
    expect(await readFile(`${out}/summary.md`, 'utf8')).toContain('What the relay says of itself');
    expect(await readFile(`${out}/report.html`, 'utf8')).toContain('What the relay says of itself');
  });

  it('at an address that can not be had are one line and exit code 2', async () => {
    const { url } = await receiver();
    const { port } = new URL(url);
    const busy = await runMain(['run', 'quick', '--metrics-listen', port]);
    expect(busy).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: `error: --metrics-listen 127.0.0.1:${port}: the port is in use\n`,
    });
    const wrong = await runMain(['run', 'quick', '--metrics-listen', 'nowhere']);
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toMatch(/^error: --metrics-listen nowhere is no address to listen at, .*\n$/);
  });
});
