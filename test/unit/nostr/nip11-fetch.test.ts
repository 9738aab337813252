import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { fetchRelayInformation } from '../../../src/nostr/nip11-fetch.ts';

const servers: Server[] = [];

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

describe('fetching an information document', () => {
  it('asks with the media type of NIP-11 and returns the document', async () => {
    const url = await serve((request, response) => {
      response.end(JSON.stringify({ name: request.headers.accept }));
    });
    expect(await fetchRelayInformation(url)).toEqual({
      information: { name: 'application/nostr+json' },
      reason: null,
    });
  });

  it('asks the path of the relay', async () => {
    const url = await serve((request, response) => response.end(JSON.stringify({ name: request.url })));
    expect((await fetchRelayInformation(`${url}/a/b?c=d`)).information?.name).toBe('/a/b?c=d');
  });

  it.each([
    ['is missing', 404, 'HTTP status 404', true],
    ['is redirected, which is not followed', 302, 'HTTP status 302', true],
    ['is not known to the server', 501, 'HTTP status 501', true],
    ['is refused for now', 429, 'HTTP status 429', undefined],
    ['fails', 500, 'HTTP status 500', undefined],
  ])('gives a reason where it %s', async (_name, status, reason, isAbsent) => {
    let requests = 0;
    const url = await serve((_request, response) => {
      requests++;
      response.writeHead(status, { location: '/elsewhere' }).end('x'.repeat(200_000));
    });
    expect(await fetchRelayInformation(url)).toEqual({ information: null, reason, isAbsent });
    expect(requests).toBe(1);
  });

  it('gives a reason where it is no JSON object', async () => {
    const url = await serve((_request, response) => response.end('<html>'));
    expect(await fetchRelayInformation(url)).toEqual({
      information: null,
      reason: 'document is not a JSON object',
      isAbsent: true,
    });
  });

  it('reads no more than 64 KiB', async () => {
    const url = await serve((_request, response) => response.end(`"${'x'.repeat(1_000_000)}"`));
    expect((await fetchRelayInformation(url)).reason).toBe('document exceeds 65536 bytes');
  });

  it('gives up on a relay that never answers', async () => {
    const url = await serve(() => undefined);
    expect(await fetchRelayInformation(url, { timeoutMs: 50 })).toEqual({
      information: null,
      reason: 'no document within 50 ms',
    });
  });

  it('gives up on a document that never ends', async () => {
    const url = await serve((_request, response) => response.writeHead(200).write('{"name":'));
    expect((await fetchRelayInformation(url, { timeoutMs: 200 })).reason).toBe('no document within 200 ms');
  });

  it('gives a reason where nothing listens', async () => {
    const url = await serve(() => undefined);
    servers.pop()?.close();
    expect((await fetchRelayInformation(url)).reason).toContain('ECONNREFUSED');
  });

  it.each(['', 'relay', 'ftp://127.0.0.1', 'javascript:0'])('takes %j as no relay URL', async (url) => {
    expect(await fetchRelayInformation(url)).toEqual({ information: null, reason: 'not a relay URL' });
  });
});
