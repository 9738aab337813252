import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { createServer } from 'node:tls';
import { startProcess } from './process.ts';

const read = (name: string): Buffer => readFileSync(new URL(`./tls/${name}`, import.meta.url));

/**
 * The reference relay behind TLS with a certificate that nobody has signed. Key and certificate are for tests
 * only and prove nothing.
 */
export async function withTlsRelay<T>(action: (url: string) => Promise<T>): Promise<T> {
  const relay = await startProcess<{ port: number }>(['dist/relay/main.js', '--port', '0']);
  const server = createServer({ key: read('key.pem'), cert: read('cert.pem') }, (client) => {
    const upstream = connect(relay.ready.port, '127.0.0.1');
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
    client.pipe(upstream).pipe(client);
  });
  // A client that does not trust the certificate breaks off.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await action(`wss://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    await relay.stop();
  }
}
