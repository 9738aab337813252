import { describe, expect, it, onTestFinished } from 'vitest';
import { openTelemetry, otlpHeaders, type TelemetryRequest } from '../../../../src/cli/run/telemetry.ts';
import { eventually } from '../../../support/eventually.ts';
import { startHttpReceiver, unusedPort } from '../../../support/http-receiver.ts';
import { sampleRecord } from '../../../support/sample-record.ts';

async function open(changes: Partial<TelemetryRequest>) {
  const written: string[] = [];
  const io = { env: {}, stderr: { write: (text: string) => written.push(text), on: () => undefined } };
  const telemetry = await openTelemetry({
    flags: {},
    io,
    scenario: 'quick',
    lines: 'at-once',
    lingerMs: 5,
    ...changes,
  });
  onTestFinished(() => telemetry.close());
  return { telemetry, written };
}

async function receiver(...answer: Parameters<typeof startHttpReceiver>) {
  const started = await startHttpReceiver(...answer);
  onTestFinished(() => started.stop());
  return started;
}

const LISTEN = { metricsListen: { host: '127.0.0.1', port: 0 } };
const urlIn = (written: readonly string[]): string => /http:\S+/.exec(written.join(''))?.[0] ?? '';

describe('telling monitoring systems of a run', () => {
  it('tells nobody where nobody is named', async () => {
    const { telemetry, written } = await open({});
    const record = sampleRecord('pass');
    expect(await telemetry.finish(record)).toBe(record);
    await telemetry.linger(new AbortController().signal);
    expect(written).toEqual([]);
  });

  it('serves the run from its start to its end, with its name in every sample', async () => {
    const { telemetry, written } = await open({ flags: LISTEN });
    const url = urlIn(written);
    const ask = async (): Promise<string> => (await fetch(url)).text();
    expect(await ask()).toContain('stage="starting"');
    telemetry.onProgress({ type: 'started', phases: [] });
    telemetry.follow(() => ({ ...sampleRecord('pass'), counters: sampleRecord('partial').counters }));
    telemetry.onProgress({ type: 'finished' });
    const label = `run_id="${telemetry.runId}",scenario="quick"`;
    expect(await ask()).toContain(`relaybench_events_sent_total{${label}} 90\n`);
    await telemetry.finish(sampleRecord('pass'));
    expect(await ask()).toContain(`relaybench_events_sent_total{${label}} 2000\n`);
    await telemetry.close();
    await expect(ask()).rejects.toThrow();
  });

  it('pushes while the run goes on, and its end', async () => {
    const gateway = await receiver();
    const otlp = await receiver();
    const flags = { pushgateway: gateway.url, otlp: otlp.url };
    const { telemetry } = await open({ flags, pushEveryMs: 5 });
    telemetry.follow(() => sampleRecord('partial'));
    telemetry.onProgress({ type: 'started', phases: [] });
    await eventually('a push of the run so far', () =>
      gateway.received.some(({ body }) => /relaybench_events_sent_total\{[^}]*\} 90\n/.test(body)),
    );
    const record = sampleRecord('pass');
    expect(await telemetry.finish(record)).toBe(record);
    expect(gateway.received.at(-1)?.body).toMatch(/relaybench_events_sent_total\{[^}]*\} 2000\n/);
    const resource = JSON.parse(otlp.received.at(-1)?.body ?? '').resourceMetrics[0].resource.attributes;
    expect(resource).toContainEqual({
      key: 'service.instance.id',
      value: { stringValue: telemetry.runId },
    });
    const all = gateway.received.length;
    await telemetry.close();
    expect(gateway.received).toHaveLength(all);
  });

  it('a receiver that is away is a caveat and a line, without the secrets of its address', async () => {
    const port = await unusedPort();
    const flags = { pushgateway: `http://me:secret@127.0.0.1:${port}/?token=hidden` };
    const { telemetry, written } = await open({ flags });
    const { caveats } = await telemetry.finish(sampleRecord('pass'));
    expect(caveats.at(-1)).toBe(
      `push gateway http://***@127.0.0.1:${port}/?*** did not take 1 of 1 pushes: connect ECONNREFUSED 127.0.0.1:${port}`,
    );
    expect(written.join('')).toMatch(/^push gateway http:.* does not take metrics .*; the run goes on\n$/);
    expect(written.join('')).not.toMatch(/secret|hidden/);
  });

  it('says that it waits for a last scrape, and does not where the end was told', async () => {
    const { telemetry, written } = await open({ flags: LISTEN });
    await telemetry.finish(sampleRecord('pass'));
    await telemetry.linger(new AbortController().signal);
    expect(written.at(-1)).toMatch(
      /^waiting for the last scrape of http:.*\/metrics, at most .*; Ctrl-C ends it\n$/,
    );
    const lines = written.length;
    await (await fetch(urlIn(written))).text();
    await telemetry.linger(new AbortController().signal);
    expect(written).toHaveLength(lines);
  });

  it('keeps its lines until the live block has gone, or to itself', async () => {
    const flags = { otlp: `http://127.0.0.1:${await unusedPort()}` };
    const late = await open({ flags, lines: 'at-end' });
    await late.telemetry.finish(sampleRecord('pass'));
    expect(late.written).toEqual([]);
    await late.telemetry.linger(new AbortController().signal);
    expect(late.written).toHaveLength(1);
    const never = await open({ flags: { ...flags, ...LISTEN }, lines: 'none' });
    await never.telemetry.finish(sampleRecord('pass'));
    await never.telemetry.close();
    expect(never.written).toEqual([]);
  });

  it('says in the record where metrics could not be served', async () => {
    const { telemetry, written } = await open({ flags: LISTEN });
    telemetry.follow(() => {
      throw new TypeError('x is not a function');
    });
    telemetry.onProgress({ type: 'started', phases: [] });
    expect((await fetch(urlIn(written))).status).toBe(500);
    const { caveats } = await telemetry.finish(sampleRecord('pass'));
    expect(caveats.at(-1)).toBe('metrics could not be served: x is not a function');
  });
});

describe('headers for a collector', () => {
  it('are read as OpenTelemetry writes them', () => {
    expect(otlpHeaders('api-key=a%20b, X-Scope = 7,nonsense,p=50%')).toEqual({
      'api-key': 'a b',
      'x-scope': '7',
      p: '50%',
    });
    expect(otlpHeaders('')).toEqual({});
  });
});
