import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { httpGet } from '../../../../src/stack/http-get.ts';
import { portPicker } from '../../../../src/stack/ports.ts';
import { serveRoles } from '../../../../src/stack/supervisor/role-agent.ts';
import { serveStatus } from '../../../../src/stack/supervisor/status-endpoint.ts';

async function agent(): Promise<{ port: number; ask: (question: string) => Promise<string> }> {
  const port = await portPicker()();
  const answers: Record<string, 'yes' | 'no'> = { 'write postgres-2': 'yes', 'read 1 postgres-1': 'no' };
  const server = await serveRoles(port, (question) => answers[question] ?? 'unknown');
  onTestFinished(() => void server.close());
  const ask = async (question: string): Promise<string> => {
    const socket = createConnection(port, '127.0.0.1');
    socket.write(question);
    return await text(socket);
  };
  return { port, ask };
}

describe('the answers to the load balancer', () => {
  test('say that a server has its role, that it has not, or nothing', async () => {
    const { ask } = await agent();
    expect(await ask('write postgres-2\n')).toBe('up ready\n');
    expect(await ask('read 1 postgres-1\n')).toBe('down ready\n');
    expect(await ask('write postgres-1\n')).toBe('\n');
  });

  test('end a question that is none', async () => {
    const { ask } = await agent();
    expect(await ask('x'.repeat(1_000)).catch(() => '')).toBe('');
  });

  test('are given by one supervisor at a time: a second one finds the port taken', async () => {
    const { port } = await agent();
    await expect(serveRoles(port, () => 'yes')).rejects.toThrow('EADDRINUSE');
  });
});

test('what a supervisor has done can be read over HTTP, and whether it lives', async () => {
  const port = await portPicker()();
  const server = await serveStatus(port, () => ({ restarts: { 'relay-1': 2 } }));
  onTestFinished(() => void server.close());
  expect(await httpGet(port, '/health')).toEqual({ status: 200, body: '"alive"' });
  expect(JSON.parse((await httpGet(port, '/status')).body)).toEqual({ restarts: { 'relay-1': 2 } });
  expect((await httpGet(port, '/write/postgres-1')).status).toBe(404);
});
