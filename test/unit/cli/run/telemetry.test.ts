import { describe, expect, it, onTestFinished } from 'vitest';
import { openTelemetry, otlpHeaders, type TelemetryRequest } from '../../../../src/cli/run/telemetry.ts';
import { reportPage } from '../../../../src/report/html/report-page.ts';
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

describe('serving the report', () => {
  it('follows the run, and becomes the report with what its reader must know of the telling', async () => {
    const flags = { serve: true, otlp: `http://127.0.0.1:${await unusedPort()}` };
    const { telemetry, written } = await open({ flags });
    const url = urlIn(written);
    expect(written[0]).toMatch(/^live report at http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/\n$/);
    const ask = async (): Promise<string> => (await fetch(url)).text();
    telemetry.onProgress({ type: 'connecting', opened: 3, failed: 0, total: 9 });
    expect(await ask()).toContain('3 of 9 connections open');
    telemetry.follow(() => sampleRecord('pass'));
    const record = await telemetry.finish(sampleRecord('pass'));
    expect(record.caveats.at(-1)).toContain('did not take');
    expect(await ask()).toBe(reportPage(record));
    await telemetry.linger(new AbortController().signal);
    await telemetry.close();
    await expect(ask()).rejects.toThrow();
  });

  it('prints its address even where nothing else is printed, and as JSON where a program reads', async () => {
    const flags = { serve: true };
    const quiet = await open({ flags, lines: 'none' });
    expect(quiet.written).toEqual([expect.stringMatching(/^live report at http:/)]);
    const json = await open({ flags, lines: 'json' });
    expect(JSON.parse(json.written.join(''))).toEqual({
      time: expect.any(String),
      type: 'serving',
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/),
    });
  });

  it('says that it waits for pages that are open', async () => {
    const { telemetry, written } = await open({ flags: { serve: true } });
    const stream = await fetch(`${urlIn(written)}events`);
    await telemetry.finish(sampleRecord('pass'));
    await telemetry.linger(new AbortController().signal);
    expect(written.at(-1)).toMatch(
      /^waiting for open pages to become the report, at most .*; Ctrl-C ends it\n$/,
    );
    await stream.body?.cancel();
  });

  it('lets open pages become the report of a run that was stopped', async () => {
    const { telemetry, written } = await open({ flags: { serve: true }, lingerMs: 60_000 });
    const url = urlIn(written);
    const stream = await fetch(`${url}events`);
    await telemetry.finish(sampleRecord('partial'));
    const lingering = telemetry.linger(AbortSignal.abort('SIGINT'));
    expect(await (await fetch(url)).text()).toContain('STOPPED');
    await lingering;
    await stream.body?.cancel();
  });

  it('says in the record where the page could not be made, and neither record nor run suffer from it', async () => {
    const { telemetry, written } = await open({ flags: { serve: true } });
    telemetry.follow(() => {
      throw new TypeError('x is not a function');
    });
    expect((await fetch(urlIn(written))).status).toBe(500);
    const { caveats } = await telemetry.finish(sampleRecord('pass'));
    expect(caveats.at(-1)).toBe('the live page could not be served: x is not a function');
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
