import { readFile } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { COUNTER_NAMES } from '../../src/metric/counters.ts';
import { readPrometheusText } from '../../src/observe/figures/prometheus-text.ts';
import { readRunRecord } from '../../src/record/read.ts';
import { startBuiltRelay } from '../support/built-relay.ts';
import { eventually } from '../support/eventually.ts';
import { startHttpReceiver } from '../support/http-receiver.ts';
import { otlpProblems } from '../support/otlp-fields.ts';
import { runCli, startCli } from '../support/run-cli.ts';
import { runMain } from '../support/run-main.ts';
import { tempDir } from '../support/temp-dir.ts';

const SHORT = ['--duration', '4s', '--warmup', '1s', '--connections', '8', '--seed', '5', '--format', 'json'];

/** Samples of a scrape by name; of those with labels besides the run's, by their value too, such as `gate_ok notices == 0`. */
function samplesOf(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  const malformed = readPrometheusText(text, ({ name, labels, value }) => {
    const own = [...labels].filter(([label]) => label !== 'run_id' && label !== 'scenario');
    samples.set([name.replace(/^relaybench_/, ''), ...own.map(([, word]) => word)].join(' '), value);
  });
  expect(malformed).toBe(0);
  return samples;
}

describe('metrics of a run', () => {
  it('are served while it goes on, pushed and exported; at its end they are those of run.json', async () => {
    const gateway = await startHttpReceiver(() => ({ status: 200 }));
    onTestFinished(() => gateway.stop());
    const collector = await startHttpReceiver(() => ({ status: 200, text: '{}' }));
    onTestFinished(() => collector.stop());
    const out = await tempDir();
    const running = startCli([
      ...['run', 'quick', ...SHORT, '--out', out, '--progress', 'plain'],
      ...['--metrics-listen', '127.0.0.1:0', '--pushgateway', gateway.url],
      ...['--otlp', collector.url.replace('//', '//me:secret@')],
    ]);
    onTestFinished(() => running.stop());
    await running.until(/live metrics at http:\S+/);
    const [, url = ''] = /live metrics at (http:\S+)/.exec(running.stderr()) ?? [];
    const scrape = async (): Promise<ReadonlyMap<string, number>> =>
      samplesOf(await (await fetch(url)).text());

    let before = new Map<string, number>() as ReadonlyMap<string, number>;
    await eventually('a scrape under load', async () => {
      before = await scrape();
      return before.get('stage running') === 1 && (before.get('events_sent_total') ?? 0) > 0;
    });
    expect(before.get('ack_latency_seconds_count')).toBeGreaterThan(0);
    expect(before.get('connections_open')).toBe(8);
    expect(before.has('verdict pass')).toBe(false);

    let last = before;
    await eventually('the scrape of the end', async () => {
      last = await scrape();
      return last.get('stage finished') === 1;
    });
    const { exitCode, stdout, stderr } = await running.result;
    const record = await readRunRecord(`${out}/run.json`);
    expect(exitCode).toBe(record.exitCode);
    expect(JSON.parse(stdout)).toMatchObject({ runId: record.runId });
    expect(stderr).not.toContain('secret');
    expect(record.caveats.join()).not.toContain('push gateway');

    // Every number of the end is that of the record.
    for (const name of COUNTER_NAMES) expect(last.get(`${name}_total`), name).toBe(record.counters[name]);
    for (const [name, ratio] of Object.entries(record.ratios))
      expect(last.get(name) ?? null, name).toBe(ratio);
    for (const gate of record.gates)
      expect(last.get(`gate_ok ${gate.expression}`), gate.expression).toBe(gate.verdict === 'pass' ? 1 : 0);
    const ack = record.metrics['ack_latency'];
    expect(last.get('ack_latency_seconds_count')).toBe(ack?.count);
    expect(last.get('ack_latency_seconds_bucket +Inf')).toBe(ack?.count);
    expect(last.get('ack_latency_quantile_seconds 0.95')).toBeCloseTo((ack?.p95_us ?? 0) / 1e6, 9);
    expect(last.get('operations_offered_total events')).toBe(record.load.offered.events);
    expect(last.get('operations_achieved_total events')).toBe(record.load.achieved.events);
    expect(last.get(`verdict ${record.verdict}`)).toBe(1);
    for (const [name, value] of before) {
      if (name.endsWith('_total')) expect(last.get(name) ?? 0, name).toBeGreaterThanOrEqual(value);
    }

    // The gateway and the collector have the same end.
    const pushed = samplesOf(gateway.received.at(-1)?.body ?? '');
    expect(pushed.get('events_sent_total')).toBe(record.counters.events_sent);
    expect(gateway.received.length).toBeGreaterThan(1);
    expect(new Set(gateway.received.map(({ path }) => path))).toEqual(
      new Set(['/metrics/job/relay-bench/scenario/quick']),
    );
    const exported = JSON.parse(collector.received.at(-1)?.body ?? '');
    expect(otlpProblems(exported)).toEqual([]);
    expect(collector.received[0]?.headers.authorization).toMatch(/^Basic /);
    const sent = exported.resourceMetrics[0].scopeMetrics[0].metrics.find(
      ({ name }: { name: string }) => name === 'relaybench_events_sent',
    );
    expect(sent.sum.dataPoints[0].asDouble).toBe(record.counters.events_sent);
  });

  it('no label carries an event id or a key', async () => {
    const gateway = await startHttpReceiver();
    onTestFinished(() => gateway.stop());
    const out = await tempDir();
    const args = ['run', 'quick', ...SHORT, '--out', out, '--pushgateway', gateway.url];
    await runCli(args);
    const text = gateway.received.at(-1)?.body ?? '';
    expect(text).toContain('relaybench_');
    expect(text.match(/="[^"]*([0-9a-f]{16}|n(pub|ote|event)1)[^"]*"/gi)).toBeNull();
  });

  it('an address that can not be had is one line and exit code 2', async () => {
    const taken = await startHttpReceiver();
    onTestFinished(() => taken.stop());
    const { port } = new URL(taken.url);
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

describe('metrics of the relay', () => {
  it('are kept second by second and shown beside the load', async () => {
    const relay = await startBuiltRelay();
    onTestFinished(() => relay.stop());
    const out = await tempDir();
    const args = ['--relay', relay.url, '--relay-metrics', relay.metricsUrl, '--out', out];
    await runCli(['run', 'quick', ...SHORT.slice(0, -2), '--format', 'md,html', ...args]);
    const record = await readRunRecord(`${out}/run.json`);
    const [told] = record.relayMetrics ?? [];
    expect(told).toMatchObject({
      url: relay.metricsUrl,
      software: 'relay-bench',
      failed: 0,
      malformedLines: 0,
    });
    expect(told?.samples.length).toBeGreaterThanOrEqual(4);
    expect(told?.figures['connections_max']).toBeGreaterThanOrEqual(8);
    // What was sent between the first answer and the last is what was sent in the measured phases, but for its edges.
    const received = told?.figures['events_total'] ?? 0;
    expect(received).toBeGreaterThan(record.counters.events_sent * 0.5);
    expect(received).toBeLessThanOrEqual(record.counters.events_sent * 1.5);
    expect(await readFile(`${out}/summary.md`, 'utf8')).toContain('What the relay says of itself');
    expect(await readFile(`${out}/report.html`, 'utf8')).toContain('id="relay-says"');
  });

  it('never fail a run, whatever is at their address', async () => {
    const hostile = await startHttpReceiver(() => ({
      status: 200,
      text: `${'\u0000<html>{"'.repeat(1_000)}\nnostr_relay_session 1e999\nnostr_relay_new_event -NaN\n`,
    }));
    onTestFinished(() => hostile.stop());
    const out = await tempDir();
    const { exitCode } = await runCli([
      ...['run', 'quick', ...SHORT, '--out', out, '--relay-metrics', hostile.url],
      ...['--relay-metrics', 'http://me:secret@127.0.0.1:1/metrics'],
    ]);
    const record = await readRunRecord(`${out}/run.json`);
    expect(exitCode).toBe(record.exitCode);
    const [first, second] = record.relayMetrics ?? [];
    expect(first?.malformedLines).toBeGreaterThan(0);
    expect(second).toMatchObject({ url: 'http://***@127.0.0.1:1/metrics', failed: second?.scrapes });
    expect(second?.problem).toContain('ECONNREFUSED');
  });
});
