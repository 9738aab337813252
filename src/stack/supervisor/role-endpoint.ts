import { createServer, type Server } from 'node:http';

/** What the load balancer asks of each Postgres. */
export interface RoleQuestions {
  /** Whether it accepts writes now. */
  readonly mayWrite: (name: string) => boolean;
  /** Whether the reads of a listener of the balancer, from 1, go to it. */
  readonly mayRead: (name: string, listener: number) => boolean;
  /** What the supervisor has done, as JSON. */
  readonly status: () => unknown;
}

/** Listens on 127.0.0.1: `/write/NAME` and `/read/LISTENER/NAME` answer 200 or 503, `/status` what was done. */
export function serveRoles(port: number, questions: RoleQuestions): Promise<Server> {
  const server = createServer((request, response) => {
    const [, kind = '', ...rest] = (request.url ?? '').split('/');
    const answer = answerOf(kind, rest, questions);
    response.writeHead(answer === null ? 503 : 200, { 'content-type': 'application/json' });
    response.end(answer ?? 'no');
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function answerOf(kind: string, rest: readonly string[], questions: RoleQuestions): string | null {
  const name = rest.at(-1) ?? '';
  switch (kind) {
    case 'health':
      return 'alive';
    case 'status':
      return JSON.stringify(questions.status());
    case 'write':
      return questions.mayWrite(name) ? 'yes' : null;
    case 'read':
      return questions.mayRead(name, Number(rest[0])) ? 'yes' : null;
    default:
      return null;
  }
}
