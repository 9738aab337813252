import { createServer, type Server } from 'node:http';
import type { Link } from './link.ts';

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** What is told of every link. */
const METRICS: readonly {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly values: (link: Link) => readonly (readonly [labels: string, value: number])[];
}[] = [
  {
    name: 'relay_bench_link_bytes_total',
    help: 'Bytes that have arrived, up to the server and down from it',
    type: 'counter',
    values: ({ carried }) => [
      [',direction="up"', carried.up],
      [',direction="down"', carried.down],
    ],
  },
  {
    name: 'relay_bench_link_connections',
    help: 'Connections that are open',
    type: 'gauge',
    values: ({ connections }) => [['', connections]],
  },
  {
    name: 'relay_bench_link_connections_total',
    help: 'Connections that were made',
    type: 'counter',
    values: ({ accepted }) => [['', accepted]],
  },
];

/** What links have carried, in the text format of Prometheus. */
export function linkMetrics(links: readonly Link[]): string {
  const lines = METRICS.flatMap(({ name, help, type, values }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...links.flatMap((link) =>
      values(link).map(([labels, value]) => `${name}{${labelsOf(link)}${labels}} ${value}`),
    ),
  ]);
  return `${lines.join('\n')}\n`;
}

/** Names of links hold neither quotes nor backslashes. */
function labelsOf({ address: { name, region } }: Link): string {
  return `link="${name}"${region === undefined ? '' : `,region="${region}"`}`;
}

/** Serves them at `/metrics`. @throws Error of the system where the port is taken */
export function serveLinkMetrics(port: number, links: readonly Link[]): Promise<Server> {
  const server = createServer((request, response) => {
    const isKnown = request.url === '/metrics';
    response.writeHead(isKnown ? 200 : 404, { 'content-type': CONTENT_TYPE });
    response.end(isKnown ? linkMetrics(links) : '');
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
