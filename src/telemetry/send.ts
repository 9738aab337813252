import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** What is sent, and where. */
export interface Sending {
  readonly method: 'POST' | 'PUT';
  /** `http:` or `https:`; userinfo becomes the Authorization of the request. */
  readonly url: string;
  readonly contentType: string;
  readonly body: string;
}

/** What a receiver says is not read further than this. */
const MOST_READ_BYTES = 64 * 1_024;

/**
 * Sends a text over HTTP and waits until it was taken. Redirects are not followed.
 * @param timeoutMs for all of it
 * @throws Error where it was not taken; its message holds nothing of the address but what the system says of host and port
 */
export function send({ method, url, contentType, body }: Sending, timeoutMs: number): Promise<void> {
  const target = new URL(url);
  const request = target.protocol === 'https:' ? requestHttps : requestHttp;
  const headers = { 'content-type': contentType, 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sending = request(target, { method, headers, agent: false });
    const timer = setTimeout(
      () => sending.destroy(new Error(`no answer within ${timeoutMs} ms`)),
      timeoutMs,
    );
    sending.on('response', (response) => {
      let read = 0;
      const { statusCode = 0 } = response;
      const isTaken = statusCode >= 200 && statusCode < 300;
      response.on('data', (chunk: Buffer) => {
        read += chunk.length;
        if (read > MOST_READ_BYTES) sending.destroy(new Error('the answer is too long'));
      });
      response.on('error', reject);
      response.on('end', () => (isTaken ? resolve() : reject(new Error(`HTTP status ${statusCode}`))));
    });
    sending.on('error', reject);
    sending.on('close', () => {
      clearTimeout(timer);
      reject(new Error('the connection was closed before the answer'));
    });
    sending.end(body);
  });
}
