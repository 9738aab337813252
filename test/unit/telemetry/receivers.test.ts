import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exportTo, otlpUrl, pushgatewayUrl, pushTo } from '../../../src/telemetry/receivers.ts';
import { send } from '../../../src/telemetry/send.ts';
import { familiesOf } from '../../../src/telemetry/view.ts';
import { startHttpReceiver, unusedPort } from '../../support/http-receiver.ts';
import { sampleRecord } from '../../support/sample-record.ts';

const SNAPSHOT = {
  version: 1,
  stage: 'finished',
  families: familiesOf(sampleRecord('pass'), true),
} as const;
const CONTEXT = { resource: {}, version: '1', startUnixNs: 1n, nowUnixNs: 2n };

async function receiver(...answer: Parameters<typeof startHttpReceiver>) {
  const started = await startHttpReceiver(...answer);
  onTestFinished(() => started.stop());
  return started;
}

describe('addresses of receivers', () => {
  it.each([
    ['http://gw:9091', 'http://gw:9091/metrics/job/relay-bench/scenario/quick'],
    ['http://gw:9091/prefix/', 'http://gw:9091/prefix/metrics/job/relay-bench/scenario/quick'],
    ['http://gw:9091/metrics/job/mine/zone/a', 'http://gw:9091/metrics/job/mine/zone/a'],
  ])('a push gateway at %s is pushed to at %s', (address, url) => {
    expect(pushgatewayUrl(address, 'quick')).toBe(url);
  });

  it('a name of a scenario can not leave its place', () => {
    expect(pushgatewayUrl('http://gw/', 'a/b c')).toBe('http://gw/metrics/job/relay-bench/scenario/a-b-c');
    expect(pushgatewayUrl('http://gw/', '')).toBe('http://gw/metrics/job/relay-bench');
  });

  it.each([
    ['http://otel:4318', 'http://otel:4318/v1/metrics'],
    ['http://otel:4318/', 'http://otel:4318/v1/metrics'],
    ['https://otel/otlp/v1/metrics', 'https://otel/otlp/v1/metrics'],
  ])('a collector at %s takes metrics at %s', (address, url) => {
    expect(otlpUrl(address)).toBe(url);
  });
});

describe('sending', () => {
  it('puts everything in the place of what a push gateway had', async () => {
    const { url, received } = await receiver(() => ({ status: 202 }));
    await pushTo(pushgatewayUrl(url, 'quick'), SNAPSHOT, { run_id: 'r1' });
    expect(received).toMatchObject([
      {
        method: 'PUT',
        path: '/metrics/job/relay-bench/scenario/quick',
        headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      },
    ]);
    expect(received[0]?.body).toContain('relaybench_events_sent_total{run_id="r1"} 2000\n');
  });

  it('exports to a collector as JSON, with headers of the user', async () => {
    const { url, received } = await receiver();
    await exportTo(otlpUrl(url), SNAPSHOT, CONTEXT, { 'api-key': 'k' });
    expect(received).toMatchObject([
      {
        method: 'POST',
        path: '/v1/metrics',
        headers: { 'content-type': 'application/json', 'api-key': 'k' },
      },
    ]);
    expect(JSON.parse(received[0]?.body ?? '')).toHaveProperty('resourceMetrics');
  });

  it('gives userinfo of the address as Authorization', async () => {
    const { url, received } = await receiver();
    await pushTo(`${url.replace('//', '//me:secret@')}/metrics/job/x`, SNAPSHOT, {});
    expect(received[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:secret').toString('base64')}`);
  });

  it.each([400, 404, 500, 302])('fails on status %d without what the receiver says', async (status) => {
    const { url } = await receiver(() => ({ status, text: 'token=secret' }));
    await expect(pushTo(`${url}/metrics/job/x`, SNAPSHOT, {})).rejects.toThrow(
      new Error(`HTTP status ${status}`),
    );
  });

  it('fails where nobody listens, without the secrets of the address', async () => {
    const url = `http://me:secret@127.0.0.1:${await unusedPort()}/?token=hidden`;
    await expect(pushTo(url, SNAPSHOT, {})).rejects.toThrow(/^connect ECONNREFUSED 127\.0\.0\.1:\d+$/);
  });

  it('fails on a receiver that never answers', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    const sending = {
      method: 'PUT',
      url: `http://127.0.0.1:${port}/`,
      contentType: 'text/plain',
      body: 'x',
    } as const;
    await expect(send(sending, 20)).rejects.toThrow('no answer within 20 ms');
  });

  it('reads no more of an answer than it needs', async () => {
    const { url } = await receiver(() => ({ status: 200, text: 'x'.repeat(10_000_000) }));
    await expect(pushTo(`${url}/metrics/job/x`, SNAPSHOT, {})).rejects.toThrow();
  });
});
