import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Patience, preflightTargets } from '../../../src/cli/preflight.ts';
import { probeWebSocket } from '../../../src/cli/probe.ts';
import type { ResolvedTarget } from '../../../src/cli/target.ts';

const TLS = 'test/support/tls';
const servers: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const target = (url: string, problem: string | null = null): ResolvedTarget => ({
  url,
  host: '127.0.0.1',
  addresses: ['127.0.0.1'],
  problem,
});

describe('the WebSocket probe', () => {
  test('an upgrade that is answered with 101 is a WebSocket', async () => {
    const server = createServer().on('upgrade', (_request, socket) => {
      socket.on('error', () => socket.destroy());
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      socket.on('data', () => socket.destroy());
    });
    expect(await probeWebSocket(await listen(server))).toBeNull();
  });

  test('a web server is not a WebSocket, and redirects are not followed', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(301, { location: 'http://192.0.2.1/' }).end();
    });
    expect(await probeWebSocket(await listen(server))).toEqual({
      problem: 'HTTP status 301 instead of a WebSocket',
      hint: expect.stringContaining('ws://192.0.2.1/'),
    });
  });

  test('a closed port refuses', async () => {
    const url = await listen(createServer());
    await new Promise((resolve) => (servers.pop() as Server).close(resolve));
    expect(await probeWebSocket(url)).toEqual({
      problem: expect.stringMatching(/ECONNREFUSED/),
      hint: expect.stringContaining('start the relay'),
    });
  });

  test('a server that stays silent is given up after the timeout', async () => {
    const silent = createTcpServer((socket) => socket.on('error', () => socket.destroy()));
    const { problem, hint } = (await probeWebSocket(await listen(silent), { timeoutMs: 50 })) ?? {};
    expect(problem).toBe('it accepts connections, but no answer within 50 ms');
    expect(hint).toContain('wait until it is idle');
  });

  test('how long a server asks to wait is said', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(503, { 'retry-after': '30' }).end();
    });
    expect(await probeWebSocket(await listen(server))).toMatchObject({
      hint: expect.stringMatching(/overloaded.*in 30 s/),
    });
  });

  test('a port that speaks TLS is known, and one that does not', async () => {
    const [key, cert] = await Promise.all([readFile(`${TLS}/key.pem`), readFile(`${TLS}/cert.pem`)]);
    const secure = await listen(createTlsServer({ key, cert }));
    expect(await probeWebSocket(secure)).toMatchObject({ hint: expect.stringContaining('write wss://') });
    const plain = await listen(createServer());
    expect(await probeWebSocket(plain.replace('ws:', 'wss:'))).toMatchObject({
      hint: expect.stringContaining('write ws://'),
    });
  });
});

/** Nobody is waited for. */
const AT_ONCE: Patience = {
  longestMs: 0,
  say: () => undefined,
  signal: new AbortController().signal,
};

describe('preflight', () => {
  const information = async () => ({ information: null, reason: 'HTTP status 404' });

  test('one unreachable target of several is named, without its secrets', async () => {
    const probe = async (url: string) =>
      url.includes('bad') ? { problem: 'refused', hint: 'do this' } : null;
    const targets = [target('ws://good/'), target('ws://me:secret@bad/?token=x')];
    await expect(preflightTargets(targets, { probe, information }, AT_ONCE)).rejects.toThrow(
      expect.objectContaining({
        code: 'TARGET_UNREACHABLE',
        exitCode: 3,
        hint: 'do this',
        message: expect.stringMatching(/^(?!.*(secret|token))no relay answers at .*bad.*: refused$/),
      }),
    );
  });

  test('a name that did not resolve is unreachable without being probed', async () => {
    const probe = async () => expect.fail('probed');
    await expect(
      preflightTargets([target('ws://nowhere/', 'ENOTFOUND')], { probe, information }, AT_ONCE),
    ).rejects.toMatchObject({
      message: expect.stringContaining('ENOTFOUND'),
      hint: expect.stringContaining('check its spelling'),
    });
  });

  test('a relay without information document passes, with the reason', async () => {
    const result = await preflightTargets(
      [target('ws://a/')],
      { probe: async () => null, information },
      AT_ONCE,
    );
    expect(result).toEqual({ information: null, reason: 'HTTP status 404' });
  });

  describe('of a relay that is busy', () => {
    const BUSY = { problem: 'it accepts connections, but no answer', hint: 'wait', isBusy: true };

    test('waits for it and says so once', async () => {
      vi.useFakeTimers();
      try {
        const say = vi.fn();
        let left = 3;
        const probe = async () => (left-- > 0 ? BUSY : null);
        const patience = { ...AT_ONCE, longestMs: 60_000, say };
        const ready = preflightTargets([target('ws://a/')], { probe, information }, patience);
        await vi.advanceTimersByTimeAsync(10_000);
        expect(await ready).toEqual({ information: null, reason: 'HTTP status 404' });
        expect(say.mock.calls).toEqual([[expect.stringMatching(/^ws:..a. is busy: .* waiting up to 60 s/)]]);
      } finally {
        vi.useRealTimers();
      }
    });

    test('ends in time and does not tell to start what runs', async () => {
      const probe = async () => BUSY;
      await expect(preflightTargets([target('ws://a/')], { probe, information }, AT_ONCE)).rejects.toThrow(
        expect.objectContaining({ message: expect.stringContaining('the relay is busy'), hint: 'wait' }),
      );
    });

    test('ends with an interruption, which is no fault of the relay', async () => {
      const controller = new AbortController();
      const say = (): void => controller.abort('SIGINT');
      const patience = { longestMs: 60_000, say, signal: controller.signal };
      const probe = async () => BUSY;
      const result = await preflightTargets([target('ws://a/')], { probe, information }, patience);
      expect(result.reason).toBe('interrupted');
    });
  });
});
