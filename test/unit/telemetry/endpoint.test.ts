import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type EndpointOptions, MetricsEndpoint } from '../../../src/telemetry/endpoint.ts';
import { LiveView } from '../../../src/telemetry/view.ts';
import { sampleRecord } from '../../support/sample-record.ts';

const ADDRESS = { host: '127.0.0.1', port: 0 };
const NEVER = new AbortController().signal;

async function openEndpoint(changes: Partial<EndpointOptions> = {}) {
  const view = new LiveView();
  const endpoint = await MetricsEndpoint.open({
    address: ADDRESS,
    snapshot: () => view.snapshot(),
    common: { run_id: 'r1' },
    onFault: () => undefined,
    ...changes,
  });
  onTestFinished(() => endpoint.close());
  return { endpoint, view };
}

describe('the metrics endpoint', () => {
  it('serves what there is to tell as Prometheus text', async () => {
    const { endpoint, view } = await openEndpoint();
    view.finish(sampleRecord('pass'));
    const response = await fetch(endpoint.url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toContain('relaybench_events_sent_total{run_id="r1"} 2000\n');
  });

  it('serves nothing elsewhere, and answers no other method', async () => {
    const { endpoint } = await openEndpoint();
    expect((await fetch(endpoint.url.replace('/metrics', '/'))).status).toBe(404);
    expect((await fetch(endpoint.url, { method: 'POST', body: 'x' })).status).toBe(405);
    const head = await fetch(endpoint.url, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('makes one text a second for however many who ask', async () => {
    const view = new LiveView();
    const soFar = vi.fn(() => sampleRecord('pass'));
    view.follow(soFar);
    const { endpoint } = await openEndpoint({ snapshot: () => view.snapshot() });
    const texts = await Promise.all(
      Array.from({ length: 5 }, async () => (await fetch(endpoint.url)).text()),
    );
    expect(new Set(texts).size).toBe(1);
    expect(soFar).toHaveBeenCalledOnce();
  });

  it('at a port that is taken is refused in one line with exit code 2', async () => {
    const { endpoint } = await openEndpoint();
    const port = Number(new URL(endpoint.url).port);
    await expect(openEndpoint({ address: { host: '127.0.0.1', port } })).rejects.toMatchObject({
      code: 'METRICS_LISTEN_FAILED',
      message: `--metrics-listen 127.0.0.1:${port}: the port is in use`,
      hint: undefined,
      exitCode: 2,
    });
  });

  it('at an address that is not of this machine is refused', async () => {
    await expect(openEndpoint({ address: { host: '192.0.2.1', port: 0 } })).rejects.toMatchObject({
      message: '--metrics-listen 192.0.2.1:0: this machine has no such address',
    });
  });

  it('says where the metrics could not be made, and goes on', async () => {
    const onFault = vi.fn();
    const snapshot = (): never => {
      throw new TypeError('x is not a function');
    };
    const { endpoint } = await openEndpoint({ snapshot, onFault });
    expect((await fetch(endpoint.url)).status).toBe(500);
    expect(onFault).toHaveBeenCalledExactlyOnceWith(new TypeError('x is not a function'));
  });
});

describe('lingering', () => {
  it('ends once who has scraped the run was told its end', async () => {
    const { endpoint, view } = await openEndpoint();
    await (await fetch(endpoint.url)).text();
    view.finish(sampleRecord('pass'));
    let isOver = false;
    const lingering = endpoint.linger(60_000, NEVER).then(() => {
      isOver = true;
    });
    await Promise.resolve();
    expect(isOver).toBe(false);
    await (await fetch(endpoint.url)).text();
    await lingering;
    expect(isOver).toBe(true);
  });

  it('is not begun where the end was told already', async () => {
    const { endpoint, view } = await openEndpoint();
    view.finish(sampleRecord('pass'));
    await (await fetch(endpoint.url)).text();
    await endpoint.linger(60_000, NEVER);
  });

  it('ends by its time where nobody comes', async () => {
    const { endpoint } = await openEndpoint();
    await endpoint.linger(1, NEVER);
  });

  it('ends with a signal, before it or while it lasts', async () => {
    const { endpoint } = await openEndpoint();
    await endpoint.linger(60_000, AbortSignal.abort());
    const controller = new AbortController();
    const lingering = endpoint.linger(60_000, controller.signal);
    controller.abort('SIGINT');
    await lingering;
  });
});
