import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { TraceStep } from '../../../src/trace/format.ts';
import { relayPlace } from '../../../src/trace/http-head.ts';
import { type RecordingProxy, startRecordingProxy } from '../../../src/trace/recording-proxy.ts';
import { eventually } from '../../support/eventually.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A relay that answers every REQ by EOSE, and tells its clients what they have sent. */
async function echoRelay() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true });
  await once(server, 'listening');
  const received: string[] = [];
  server.on('connection', (socket) =>
    socket.on('message', (data) => {
      const text = String(data);
      received.push(text);
      if (text.startsWith('["REQ"')) socket.send('["EOSE","a"]');
    }),
  );
  closing.push(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, received };
}

async function proxyTo(port: number) {
  const steps: TraceStep[] = [];
  const proxy: RecordingProxy = await startRecordingProxy({
    relay: relayPlace(`ws://127.0.0.1:${port}/`),
    insecure: false,
    port: 0,
    keeping: { ids: false, content: false, key: Buffer.from('key') },
    onStep: (step) => steps.push(step),
  });
  closing.push(() => proxy.close());
  return { proxy, steps, url: `ws://127.0.0.1:${proxy.port}` };
}

function whats(steps: readonly TraceStep[]): readonly string[] {
  return steps.map(({ what }) => what);
}

async function opened(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  closing.push(() => socket.terminate());
  await once(socket, 'open');
  return socket;
}

describe('the recording proxy', () => {
  test('passes messages on both ways and tells of them in their order', async () => {
    const relay = await echoRelay();
    const { steps, url, proxy } = await proxyTo(relay.port);
    const socket = await opened(url);
    socket.send('["REQ","a",{"kinds":[1]}]');
    expect(String((await once(socket, 'message'))[0])).toBe('["EOSE","a"]');
    socket.send('["CLOSE","a"]');
    await eventually('both messages', () => relay.received.length === 2);
    socket.close();
    await eventually('its end', () => whats(steps).includes('close'));
    expect(whats(steps)).toEqual(['open', 'REQ', 'CLOSE', 'close']);
    expect(steps[2]).toMatchObject({ connection: 0, subscription: 0, isAnswered: true });
    expect(steps[3]).toMatchObject({ isAnswered: true });
    const times = steps.map(({ atUs }) => atUs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(proxy.addedLatency().count).toBeGreaterThanOrEqual(4);
  });

  test('a client that leaves without its answer is told so, and connections are numbered as they come', async () => {
    const silent = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(silent, 'listening');
    closing.push(() => silent.close());
    const { steps, url } = await proxyTo((silent.address() as AddressInfo).port);
    const first = await opened(url);
    const second = await opened(url);
    second.send('["REQ","b",{}]');
    await eventually('the request', () => whats(steps).includes('REQ'));
    second.close();
    first.close();
    await eventually('both ends', () => whats(steps).filter((what) => what === 'close').length === 2);
    expect(steps.find(({ what, connection }) => what === 'close' && connection === 1)).toMatchObject({
      isAnswered: false,
    });
  });

  test('a message that no trace holds passes all the same', async () => {
    const relay = await echoRelay();
    const { steps, url } = await proxyTo(relay.port);
    const socket = await opened(url);
    socket.send('nonsense');
    socket.send(Buffer.from('bytes'));
    await eventually('both messages', () => relay.received.length === 2);
    expect(relay.received).toEqual(['nonsense', 'bytes']);
    await eventually('both steps', () => steps.length === 3);
    expect(whats(steps)).toEqual(['open', 'other', 'other']);
  });

  test('other requests pass, and are no connections of the trace', async () => {
    const relay = await echoRelay();
    const { steps, proxy } = await proxyTo(relay.port);
    const answer = await fetch(`http://127.0.0.1:${proxy.port}/`);
    // The answer of the relay's own to a request that asks for no WebSocket.
    expect(answer.status).toBe(426);
    expect(steps).toEqual([]);
  });

  test('a relay that is not there is 502 to the client, and is counted', async () => {
    const server: Server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    const { proxy } = await proxyTo(port);
    expect((await fetch(`http://127.0.0.1:${proxy.port}/`)).status).toBe(502);
    expect(proxy).toMatchObject({ unreached: 1, problem: expect.stringContaining('ECONNREFUSED') });
  });

  test('what is no HTTP is refused', async () => {
    const { proxy } = await proxyTo((await echoRelay()).port);
    const socket: Socket = connect(proxy.port, '127.0.0.1');
    closing.push(() => socket.destroy());
    socket.write('hello\r\n\r\n');
    expect(String((await once(socket, 'data'))[0])).toContain('400 Bad Request');
  });

  test('a port that is taken is named', async () => {
    const { proxy } = await proxyTo((await echoRelay()).port);
    const again = startRecordingProxy({
      relay: relayPlace('ws://127.0.0.1:1/'),
      insecure: false,
      port: proxy.port,
      keeping: { ids: false, content: false, key: Buffer.from('key') },
      onStep: () => undefined,
    });
    await expect(again).rejects.toMatchObject({ code: 'PORT_IN_USE', exitCode: 3 });
  });
});
