import type { IncomingMessage } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { messageOf } from '../../base/errors.ts';

/** A program has no more to say of itself. */
const MOST_BYTES = 2 * 2 ** 20;

export interface FetchOptions {
  /** For connection, headers and body together. */
  readonly timeoutMs: number;
  /** Accept any TLS certificate. */
  readonly insecure?: boolean;
}

/**
 * Reads a text over HTTP. Redirects are not followed, at most 2 MiB are read.
 * @param url `http:` or `https:`; userinfo becomes the Authorization of the request
 * @throws Error where no whole answer with status 200 has come in time; its message holds nothing of the address but host and port
 */
export async function fetchText(url: string, { timeoutMs, insecure = false }: FetchOptions): Promise<string> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), timeoutMs);
  try {
    const response = await respond(new URL(url), deadline.signal, !insecure);
    if (response.statusCode !== 200) throw new Error(`HTTP status ${response.statusCode}`);
    return await bodyOf(response);
  } catch (error) {
    throw new Error(deadline.signal.aborted ? `no answer within ${timeoutMs} ms` : messageOf(error));
  } finally {
    clearTimeout(timer);
    // Ends the connection where the body was not read to its end.
    deadline.abort();
  }
}

function respond(url: URL, signal: AbortSignal, rejectUnauthorized: boolean): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const headers = { accept: 'text/plain;version=0.0.4' };
  return new Promise((resolve, reject) => {
    request(url, { headers, agent: false, signal, rejectUnauthorized })
      .on('response', resolve)
      .on('error', reject)
      .end();
  });
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error(`it says more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
