import { describe, expect, onTestFinished, test } from 'vitest';
import { httpGet } from '../../../../src/stack/http-get.ts';
import { portPicker } from '../../../../src/stack/ports.ts';
import { serveRoles } from '../../../../src/stack/supervisor/role-endpoint.ts';

async function endpoint(primary: string): Promise<(path: string) => Promise<number>> {
  const port = await portPicker()();
  const server = await serveRoles(port, {
    mayWrite: (name) => name === primary,
    mayRead: (name, listener) => name !== primary && listener === 1,
    status: () => ({ restarts: {} }),
  });
  onTestFinished(() => void server.close());
  return async (path) => (await httpGet(port, path)).status;
}

describe('the answers to the load balancer', () => {
  test('only the primary may be written to, the others are read from', async () => {
    const ask = await endpoint('postgres-2');
    expect(await ask('/write/postgres-2')).toBe(200);
    expect(await ask('/write/postgres-1')).toBe(503);
    expect(await ask('/read/1/postgres-1')).toBe(200);
    expect(await ask('/read/2/postgres-1')).toBe(503);
    expect(await ask('/read/1/postgres-2')).toBe(503);
  });

  test('an unknown question is answered no', async () => {
    const ask = await endpoint('postgres-1');
    expect(await ask('/')).toBe(503);
    expect(await ask('/admin/postgres-1')).toBe(503);
    expect(await ask('/health')).toBe(200);
  });
});
