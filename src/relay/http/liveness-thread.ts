import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { monotonicNs } from '../../base/clock.ts';
import { type LivenessWork, Pulse } from './pulse.ts';

const { host, port, shared } = workerData as LivenessWork;
const pulse = new Pulse(shared);

const server = createServer((request, response) => {
  const isAsked = request.url?.split('?', 1)[0] === '/health';
  const [status, text] = isAsked ? pulse.read(monotonicNs()) : [404, 'not found'];
  response.writeHead(status, { 'content-type': 'text/plain', 'content-length': text.length });
  response.end(request.method === 'HEAD' ? undefined : text);
});
server.listen(port, host);
await once(server, 'listening');
parentPort?.postMessage((server.address() as AddressInfo).port);
