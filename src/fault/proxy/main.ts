/**
 * Entry of the proxy that stands in links: reads the file with its links, takes orders at a socket, tells at a port what it has carried,
 * runs until stopped.
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import * as z from 'zod';
import { messageOf } from '../../base/errors.ts';
import { serveControl } from './control.ts';
import { Link } from './link.ts';
import { serveLinkMetrics } from './link-metrics.ts';

const port = z.int().min(1).max(65_535);
const standing = z.strictObject({
  latencyMs: z.number().min(0),
  jitterMs: z.number().min(0),
  bytesPerS: z.number().positive().optional(),
});
const linksFile = z.array(
  z.strictObject({
    name: z.string(),
    port,
    to: port,
    region: z.int().optional(),
    standing: standing.optional(),
  }),
);

async function main(): Promise<void> {
  const [, , file = '', socket = '', metricsPort = ''] = process.argv;
  const links = linksFile.parse(JSON.parse(readFileSync(file, 'utf8'))).map((address) => new Link(address));
  await Promise.all(links.map((link) => link.listen()));
  await serveLinkMetrics(port.parse(Number(metricsPort)), links);
  await serveControl(socket, links);
  process.on('SIGTERM', () => process.exit(0));
}

main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
});
