import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { runtimeSocket } from '../../../../src/stack/haproxy/config.ts';
import type { Service, StackState } from '../../../../src/stack/state.ts';
import { Announcer } from '../../../../src/stack/supervisor/announcer.ts';
import { eventually } from '../../../support/eventually.ts';
import { sampleStack, stackOfBefore } from '../../../support/sample-stack.ts';
import { tempDir } from '../../../support/temp-dir.ts';

/** Stands where a balancer has its runtime API. @returns what it was told, one entry a connection */
async function toldTo(balancer: Service): Promise<string[]> {
  await mkdir(balancer.dir, { recursive: true });
  const told: string[] = [];
  const server = createServer({ allowHalfOpen: true }, async (socket) => {
    told.push((await text(socket)).trim());
    socket.end('\n');
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(runtimeSocket(balancer), resolve));
  return told;
}

function service({ services }: StackState, wanted: string): Service {
  const found = services.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`the stack has no ${wanted}`);
  return found;
}

const announcerOf = (state: StackState): Announcer =>
  new Announcer(state, (question) => (question === 'write postgres-1' ? 'yes' : 'no'));

test('roles are told to the database balancer, again once it has forgotten them, and not to that of the clients', async () => {
  const state = await sampleStack('scaled', { dir: await tempDir() });
  const [database, clients] = [
    await toldTo(service(state, 'haproxy-db')),
    await toldTo(service(state, 'haproxy')),
  ];
  const announcer = announcerOf(state);
  announcer.announce();
  await eventually('a balancer that was told', () => database.length === 1);
  const [first = ''] = database;
  expect(first).toContain('set server pg_write/postgres-2 agent down');
  expect(first).toMatch(
    /; set server pg_write\/postgres-1 agent up; set server pg_write\/postgres-1 state ready$/,
  );
  await eventually('a balancer that was told again', () => {
    announcer.forget();
    announcer.announce();
    return database.length > 1;
  });
  expect(database[1]).toBe(first);
  expect(clients).toEqual([]);
});

test('in a stack with one balancer for both that one is told', async () => {
  const state = await stackOfBefore({ dir: await tempDir() });
  const told = await toldTo(service(state, 'haproxy'));
  announcerOf(state).announce();
  await eventually('a balancer that was told', () => told.length === 1);
  expect(told[0]).toContain('set server pg_read_2/postgres-3 agent down');
});
