import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** What is sent, and where. */
export interface Sending {
  readonly method: 'POST' | 'PUT';
  /** `http:` or `https:`; userinfo becomes the Authorization of the request. */
  readonly url: string;
  readonly contentType: string;
  readonly body: string;
  /** Besides those of the body. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a receiver says is not read further than this. */
const MOST_READ_BYTES = 64 * 1_024;

/**
 * Sends a text over HTTP and waits until it was taken. Redirects are not followed.
 * @param timeoutMs for all of it
 * @throws Error where it was not taken; its message holds nothing of the address but what the system says of host and port
 */
export function send(sending: Sending, timeoutMs: number): Promise<void> {
  const { method, body, contentType } = sending;
  const url = new URL(sending.url);
  const requestOver = url.protocol === 'https:' ? requestHttps : requestHttp;
  const length = { 'content-type': contentType, 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const headers = { ...sending.headers, ...length };
    const request = requestOver(url, { method, headers, agent: false });
    const late = new Error(`no answer within ${timeoutMs} ms`);
    const timer = setTimeout(() => request.destroy(late), timeoutMs);
    request.on('response', (response) => {
      let read = 0;
      const { statusCode = 0 } = response;
      const isTaken = statusCode >= 200 && statusCode < 300;
      response.on('data', (chunk: Buffer) => {
        read += chunk.length;
        if (read > MOST_READ_BYTES) request.destroy(new Error('the answer is too long'));
      });
      response.on('error', reject);
      response.on('end', () => (isTaken ? resolve() : reject(new Error(`HTTP status ${statusCode}`))));
    });
    request.on('error', reject);
    request.on('close', () => {
      clearTimeout(timer);
      reject(new Error('the connection was closed before the answer'));
    });
    request.end(body);
  });
}
