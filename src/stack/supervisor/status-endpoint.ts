import { createServer, type Server } from 'node:http';

/** Listens on 127.0.0.1: `/health` says that the supervisor lives, `/status` what it has done, as JSON. */
export function serveStatus(port: number, status: () => unknown): Promise<Server> {
  const server = createServer((request, response) => {
    const body = answerOf(request.url ?? '', status);
    response.writeHead(body === null ? 404 : 200, { 'content-type': 'application/json' });
    response.end(body ?? '"there is nothing"');
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function answerOf(path: string, status: () => unknown): string | null {
  if (path === '/health') return '"alive"';
  return path === '/status' ? JSON.stringify(status()) : null;
}
