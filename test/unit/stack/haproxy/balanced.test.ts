import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { untilRelaysUp } from '../../../../src/stack/haproxy/balanced.ts';
import type { Service } from '../../../../src/stack/state.ts';

const csv = (status: string): string =>
  `# pxname,svname,status\nrelays,relay-1,${status}\nrelays,BACKEND,UP\n`;

/** A balancer whose statistics are those of `answer`. */
async function balancerWhere(
  answer: (asked: number, request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ readonly balancer: Service; readonly asked: () => number }> {
  let asked = 0;
  const server = createServer((request, response) => answer(++asked, request, response)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const ports = { ws: port, stats: port };
  const balancer: Service = { name: 'haproxy', kind: 'haproxy', role: '', dependsOn: [], dir: '/', ports };
  return { balancer, asked: () => asked };
}

test('relays are waited for until the balancer sends clients to all of them', async () => {
  const { balancer, asked } = await balancerWhere((count, _request, response) =>
    response.end(csv(count < 3 ? 'DOWN' : 'UP')),
  );
  await untilRelaysUp(balancer, AbortSignal.timeout(30_000));
  expect(asked()).toBe(3);
});

test('a balancer that does not answer is asked again', async () => {
  const { balancer, asked } = await balancerWhere((count, request, response) => {
    if (count === 1) request.socket.destroy();
    else response.end(csv('UP'));
  });
  await untilRelaysUp(balancer, AbortSignal.timeout(30_000));
  expect(asked()).toBe(2);
});

test('one that never answers is asked until who waits gives up', async () => {
  const { balancer } = await balancerWhere((_count, request) => request.socket.destroy());
  const reason = new Error('too late');
  const giveUp = new AbortController();
  setTimeout(() => giveUp.abort(reason), 100);
  await expect(untilRelaysUp(balancer, giveUp.signal)).rejects.toBe(reason);
});
