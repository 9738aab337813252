import { once } from 'node:events';
import { createServer } from 'node:http';
import { bracketed } from './own-hosts.ts';

/** Where the metrics are served. */
export interface MetricsAddress {
  readonly host: string;
  /** 0 lets the system choose a free one. */
  readonly port: number;
}

/** The metrics in the Prometheus text format. */
export interface MetricsText {
  readonly type: string;
  readonly text: string;
}

/** What answers on the port of the metrics. */
export interface MetricsServer {
  /** `http://host:port/metrics`. */
  readonly url: string;
  close(): void;
}

/**
 * Serves `/metrics` at an address of its own: they tell how many clients there are and how busy the relay is, and reading
 * them costs time, so they are not for clients.
 * @throws the error of the system where the address cannot be used
 */
export async function serveMetrics(
  address: MetricsAddress,
  read: () => Promise<MetricsText>,
  onError: (error: unknown) => void,
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0];
    if (path !== '/metrics' || (request.method !== 'GET' && request.method !== 'HEAD')) {
      response.writeHead(404).end();
      return;
    }
    read().then(
      ({ type, text }) => response.writeHead(200, { 'content-type': type }).end(text),
      (error: unknown) => {
        onError(error);
        response.writeHead(500).end();
      },
    );
  });
  server.listen(address.port, address.host);
  await once(server, 'listening');
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : address.port;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://${bracketed(address.host)}:${port}/metrics`, close };
}
