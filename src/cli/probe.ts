import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { messageOf } from '../base/errors.ts';
import { upgradeHint } from '../base/upgrade-refusal.ts';
import { newWebSocketKey, upgradeFields } from '../base/websocket-handshake.ts';
import { networkHint } from './network-hint.ts';

const DEFAULT_TIMEOUT_MS = 5_000;
const TLS_TIMEOUT_MS = 2_000;
/** An empty close frame with the mask that RFC 6455 section 5.3 asks of a client. */
const CLOSE_FRAME = Buffer.from([0x88, 0x80, 0, 0, 0, 0]);

/** Why no WebSocket answers at an address, and what to do about it; one sentence each. */
export interface ProbeFailure {
  readonly problem: string;
  readonly hint: string;
  /** The relay is there and has no time: it may still work off what an earlier run has sent. */
  readonly isBusy?: boolean;
}

/** Null where a WebSocket answers at an address, else what happened instead. */
export type ProbeResult = ProbeFailure | null;

export interface ProbeOptions {
  /** Bounds the whole attempt; default 5,000. */
  readonly timeoutMs?: number;
  /** Accept any TLS certificate. */
  readonly insecure?: boolean;
}

/**
 * Opens one WebSocket (TCP, TLS, HTTP upgrade of RFC 6455) and closes it again. Redirects are not followed.
 * @param relayUrl `ws:` or `wss:`
 */
export async function probeWebSocket(relayUrl: string, options: ProbeOptions = {}): Promise<ProbeResult> {
  const url = new URL(relayUrl);
  const failure = await tryUpgrade(url, options);
  if (failure === null || url.protocol !== 'ws:' || !MAY_BE_TLS.test(failure.problem)) return failure;
  return (await speaksTls(url))
    ? { ...failure, isBusy: false, hint: 'what listens there speaks TLS: write wss:// instead of ws://' }
    : failure;
}

/** How a server that expects TLS takes a request without it; some answer it with status 400. */
const MAY_BE_TLS = /Parse Error|ECONNRESET|socket hang up|EPIPE|HTTP status 400|no answer within/i;

function tryUpgrade(url: URL, options: ProbeOptions): Promise<ProbeResult> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  return new Promise((resolve) => {
    const request = upgradeRequest(url, options.insecure === true);
    let isConnected = false;
    const timer = setTimeout(() => {
      const problem = `no answer within ${timeoutMs} ms`;
      finish(isConnected ? busyFailure(problem) : failureOf(problem));
    }, timeoutMs);
    const finish = (result: ProbeResult): void => {
      clearTimeout(timer);
      request.destroy();
      resolve(result);
    };
    request.on('socket', (socket) => {
      socket.on('connect', () => {
        isConnected = true;
      });
    });
    request.on('upgrade', (_response, socket) => {
      socket.on('error', () => socket.destroy());
      socket.end(CLOSE_FRAME, () => finish(null));
    });
    request.on('response', (response) => finish(refusalOf(response)));
    request.on('error', (error) => finish(failureOf(reasonOf(error))));
    request.end();
  });
}

function failureOf(problem: string): ProbeFailure {
  return { problem, hint: networkHint(problem) };
}

function refusalOf({ statusCode: status = 0, headers }: IncomingMessage): ProbeFailure {
  const { location, 'retry-after': retryAfter } = headers;
  return {
    problem: `HTTP status ${status} instead of a WebSocket`,
    hint: upgradeHint({ status, location, retryAfter }),
  };
}

function busyFailure(problem: string): ProbeFailure {
  return {
    problem: `it accepts connections, but ${problem}`,
    hint: 'it may still be working through an earlier run: wait until it is idle, or restart it',
    isBusy: true,
  };
}

function upgradeRequest(url: URL, insecure: boolean): ClientRequest {
  const isTls = url.protocol === 'wss:';
  const send = isTls ? requestHttps : requestHttp;
  return send(new URL(url.href.replace(/^ws/, 'http')), {
    agent: false,
    rejectUnauthorized: !insecure,
    headers: upgradeFields(newWebSocketKey()),
  });
}

/** Whether a TLS handshake succeeds there, whatever the certificate. */
function speaksTls(url: URL): Promise<boolean> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connectTls({
      host,
      port: Number(url.port === '' ? 80 : url.port),
      rejectUnauthorized: false,
      timeout: TLS_TIMEOUT_MS,
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    const finish = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.on('secureConnect', () => finish(true));
    socket.on('timeout', () => finish(false));
    socket.on('error', () => finish(false));
    socket.on('close', () => finish(false));
  });
}

/** A name with several addresses fails with one error an address and no message of its own: the first one tells. */
function reasonOf(error: Error): string {
  return messageOf(error instanceof AggregateError ? error.errors[0] : error);
}
