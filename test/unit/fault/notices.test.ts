import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { watchNotices } from '../../../src/fault/notices.ts';
import type { StackState } from '../../../src/stack/state.ts';
import { eventually } from '../../support/eventually.ts';
import { sampleStack } from '../../support/sample-stack.ts';

/** @returns the port at which somebody answers */
async function answering(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Statistics of a HAProxy with one server, whose status may be changed. */
function statistics(backend: string, server: string) {
  const it = { status: 'UP', asked: 0 };
  const answer: RequestListener = (_request, response) => {
    it.asked++;
    response.end(`# pxname,svname,status\n${backend},FRONTEND,OPEN\n${backend},${server},${it.status}\n`);
  };
  return { it, answer };
}

/** @param stats ports at which services tell their figures, by name */
async function stackWith(stats: Readonly<Record<string, number>>): Promise<StackState> {
  const state = await sampleStack('scaled');
  const services = state.services.map((service) => {
    const port = stats[service.name];
    return port === undefined ? service : { ...service, ports: { ...service.ports, stats: port } };
  });
  return { ...state, services };
}

test('what a balancer gives up and uses again is noticed, also while the other one hangs', async () => {
  const { it: database, answer } = statistics('pg_write', 'postgres-1');
  const state = await stackWith({
    'haproxy-db': await answering(answer),
    // Takes the question and never answers.
    haproxy: await answering(() => undefined),
  });
  const watch = watchNotices(state);
  watch.begin();
  onTestFinished(() => watch.end());
  watch.look(['postgres-1']);
  await eventually('a balancer that was asked', () => database.asked > 5);
  const texts = (): string[] => watch.notices(['postgres-1']).map(({ text }) => text);
  database.status = 'DOWN';
  await eventually('a notice', () => texts().includes('HAProxy gave up postgres-1'));
  database.status = 'UP';
  await eventually('another one', () => texts().includes('HAProxy uses postgres-1 again'));
});

test('relays and servers of Postgres are known from the balancer that stands before them', async () => {
  const sides = [statistics('relays', 'relay-1'), statistics('pg_read_1', 'postgres-2')] as const;
  const [clients, database] = sides;
  const state = await stackWith({
    haproxy: await answering(clients.answer),
    'haproxy-db': await answering(database.answer),
  });
  const watch = watchNotices(state);
  watch.begin();
  onTestFinished(() => watch.end());
  watch.look(['relay-1', 'postgres-2']);
  await eventually('both were asked', () => sides.every(({ it }) => it.asked > 5));
  for (const { it } of sides) it.status = 'DOWN';
  const texts = (): string[] => watch.notices(['relay-1', 'postgres-2']).map(({ text }) => text);
  await eventually('both were given up', () => texts().length === 2);
  expect(texts().toSorted()).toEqual(['HAProxy gave up postgres-2', 'HAProxy gave up relay-1']);
});
