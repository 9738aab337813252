import { get } from 'node:http';

const MOST_CHARACTERS = 4 * 2 ** 20;

/** An answer over HTTP. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** Asks 127.0.0.1 over HTTP. @throws Error where no whole answer has come within `timeoutMs` */
export function httpGet(port: number, path: string, timeoutMs = 1_000): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    // A deadline for the whole, not the `timeout` of a silent socket: a server may trickle for ever.
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    const request = get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
        if (body.length > MOST_CHARACTERS) request.destroy(new Error('the answer is too long'));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.on('close', () => clearTimeout(timer));
  });
}
