import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchText } from '../../../../src/observe/scrape/fetch-text.ts';
import { startHttpReceiver, unusedPort } from '../../../support/http-receiver.ts';

async function serving(...answer: Parameters<typeof startHttpReceiver>): Promise<string> {
  const receiver = await startHttpReceiver(...answer);
  onTestFinished(() => receiver.stop());
  return receiver.url;
}

describe('reading a metrics endpoint', () => {
  it('gives its text', async () => {
    const url = await serving(() => ({ status: 200, text: 'up 1\n' }));
    expect(await fetchText(url, { timeoutMs: 5_000 })).toBe('up 1\n');
  });

  it.each([404, 500, 302])('fails on status %d', async (status) => {
    const url = await serving(() => ({ status }));
    await expect(fetchText(url, { timeoutMs: 5_000 })).rejects.toThrow(`HTTP status ${status}`);
  });

  it('reads no more than 2 MiB', async () => {
    const url = await serving(() => ({ status: 200, text: 'x'.repeat(3 * 2 ** 20) }));
    await expect(fetchText(url, { timeoutMs: 5_000 })).rejects.toThrow('it says more than 2097152 bytes');
  });

  it('waits no longer than its time for one that trickles', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
      const timer = setInterval(() => socket.write('x'), 5);
      socket.on('close', () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    await expect(fetchText(`http://127.0.0.1:${port}/`, { timeoutMs: 50 })).rejects.toThrow(
      'no answer within 50 ms',
    );
  });

  it('fails without the secrets of the address', async () => {
    const url = `http://me:secret@127.0.0.1:${await unusedPort()}/metrics?auth=hidden`;
    await expect(fetchText(url, { timeoutMs: 5_000 })).rejects.toThrow(
      /^connect ECONNREFUSED 127\.0\.0\.1:\d+$/,
    );
  });
});
