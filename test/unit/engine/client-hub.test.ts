import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { ClientHub } from '../../../src/engine/worker/client-hub.ts';
import { ReplySorter } from '../../../src/engine/worker/reply-sorter.ts';
import { Outbox } from '../../../src/wire/outbox.ts';
import { FakeSink } from '../../support/fake-sink.ts';
import { NO_AUTHENTICATION } from '../../support/no-authentication.ts';

let server: WebSocketServer | undefined;
afterEach(() => {
  for (const client of server?.clients ?? []) client.terminate();
  server?.close();
});

async function openHub() {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
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
    onFailed: (reason) => told.push(`failed ${reason}`),
    onDropped: (number) => told.push(`dropped ${number}`),
    onClosed: (number) => told.push(`closed ${number}`),
    onReceived: () => undefined,
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
