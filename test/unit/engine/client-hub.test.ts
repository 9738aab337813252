import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { type DeflateCounts, noDeflateCounts } from '../../../src/base/deflate-message.ts';
import { encodeMaskedTextFrame } from '../../../src/base/websocket-frame.ts';
import { ClientHub } from '../../../src/engine/worker/client-hub.ts';
import { ReplySorter } from '../../../src/engine/worker/reply-sorter.ts';
import { Outbox } from '../../../src/wire/outbox.ts';
import { nothingReceived } from '../../../src/wire/received-bytes.ts';
import { FakeSink } from '../../support/fake-sink.ts';
import { NO_AUTHENTICATION } from '../../support/no-authentication.ts';

let server: WebSocketServer | undefined;
afterEach(() => {
  for (const client of server?.clients ?? []) client.terminate();
  server?.close();
});

interface Compressing {
  readonly compression?: DeflateCounts;
  readonly isAccepted?: boolean;
}

async function openHub(comesBack = false, { compression, isAccepted = true }: Compressing = {}) {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: isAccepted });
  await new Promise((resolve) => server?.once('listening', resolve));
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const told: string[] = [];
  const hub = new ClientHub({
    urlOf: () => url,
    sourceOf: () => undefined,
    timeoutMs: 5_000,
    insecure: false,
    transport: 'raw',
    outbox: new Outbox(),
    replies: new ReplySorter({
      recorder: new FakeSink(),
      authentication: NO_AUTHENTICATION,
      currentPhase: () => 0,
    }),
    onOpened: ({ number }) => told.push(`opened ${number}`),
    onFailed: (number, reason) => told.push(`failed ${number} ${reason}`),
    onDropped: (number) => told.push(`dropped ${number}`) > 0,
    onClosed: (number) => told.push(`closed ${number}`),
    onCut: (number) => told.push(`cut ${number}`),
    comesBack: () => comesBack,
    onReopened: ({ number }) => told.push(`reopened ${number}`),
    onReopenFailed: (number, reason) => told.push(`${number} failed again: ${reason}`),
    received: nothingReceived(),
    compression: compression ?? null,
    onNegotiated: (isCompressed) => told.push(isCompressed ? 'compressed' : 'not compressed'),
  });
  hub.open(7, 0);
  await vi.waitUntil(() => hub.isOpen(7));
  return { hub, told };
}

it('closes a connection without taking it for one that the target has closed', async () => {
  const { hub, told } = await openHub();
  hub.close(7);
  await vi.waitUntil(() => server?.clients.size === 0);
  expect(told).toEqual(['opened 7', 'closed 7']);
  expect(hub.counts).toMatchObject({ opened: 1, open: 0, dropped: 0 });
});

it('closes a connection once', async () => {
  const { hub, told } = await openHub();
  hub.close(7);
  hub.close(7);
  hub.close(8);
  expect(told).toEqual(['opened 7', 'closed 7']);
});

it('opens a connection again under its number', async () => {
  const { hub } = await openHub();
  hub.close(7);
  hub.open(7, 0);
  await vi.waitUntil(() => hub.isOpen(7));
  expect(hub.counts).toMatchObject({ opened: 2, open: 1 });
});

it('opens a lost connection again as the one that it was', async () => {
  const { hub, told } = await openHub(true);
  for (const client of server?.clients ?? []) client.terminate();
  await vi.waitUntil(() => !hub.isOpen(7));
  expect(hub.counts).toMatchObject({ opened: 1, dropped: 1, open: 0 });
  hub.reopen(7);
  await vi.waitUntil(() => hub.isOpen(7));
  for (const client of server?.clients ?? []) client.terminate();
  await vi.waitUntil(() => !hub.isOpen(7));
  expect(told).toEqual(['opened 7', 'dropped 7', 'reopened 7', 'dropped 7']);
  // Of one connection no more than one was lost.
  expect(hub.counts).toMatchObject({ opened: 1, failed: 0, dropped: 1, open: 0 });
});

it('says why a lost connection could not be opened again, and counts no connection that failed', async () => {
  const { hub, told } = await openHub(true);
  for (const client of server?.clients ?? []) client.terminate();
  await new Promise((resolve) => server?.close(resolve));
  await vi.waitUntil(() => !hub.isOpen(7));
  hub.reopen(7);
  await vi.waitUntil(() => told.length === 3);
  expect(told[2]).toBe('7 failed again: ECONNREFUSED');
  expect(hub.counts).toMatchObject({ opened: 1, failed: 0, open: 0 });
});

it('cuts a connection without a word, which the target has not closed', async () => {
  const { hub, told } = await openHub(true);
  const backOff = { firstMs: 1, longestMs: 1 };
  expect([hub.cut(7, backOff), hub.cut(7, backOff)]).toEqual([true, false]);
  await vi.waitUntil(() => server?.clients.size === 0);
  expect(told).toEqual(['opened 7', 'cut 7']);
  expect(hub.counts).toMatchObject({ opened: 1, dropped: 0, open: 0 });
});

it.each([
  ['compressed where the relay accepts that', true, 'compressed'],
  ['as it is where the relay does not', false, 'not compressed'],
])('sends what belongs to no stream %s, and counts what goes over the wire', async (_, isAccepted, word) => {
  const compression = noDeflateCounts();
  const { hub, told } = await openHub(false, { compression, isAccepted });
  expect(told).toEqual([word, 'opened 7']);
  const heard: string[] = [];
  for (const client of server?.clients ?? []) client.on('message', (data) => heard.push(String(data)));
  const [long, short] = ['again and again '.repeat(20), 'x'];
  const frames = [long, short].map((text) => encodeMaskedTextFrame(text, 9));
  for (const frame of frames) hub.send(7, frame);
  await vi.waitUntil(() => heard.length === 2);
  expect(heard).toEqual([long, short]);
  const whole = frames.reduce((sum, { length }) => sum + length, 0);
  const { deflated, deflatedBefore_bytes, deflatedAfter_bytes } = compression;
  expect(deflated).toBe(isAccepted ? 1 : 0);
  expect(hub.bytesSent).toBe(whole - deflatedBefore_bytes + deflatedAfter_bytes);
});
