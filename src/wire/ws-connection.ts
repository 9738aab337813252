import type { Socket } from 'node:net';
import type { RawData } from 'ws';
import { monotonicNs } from '../base/clock.ts';
import type { UpgradeRefusal } from '../base/upgrade-refusal.ts';
import type { Connection, ConnectionHandlers, ConnectionOptions } from './connection.ts';
import { takesDeflated } from './deflate-terms.ts';
import { InflatingWebSocket } from './inflating-web-socket.ts';
import { MAX_MESSAGE_BYTES } from './limits.ts';
import { CLOSE } from './raw/frame-reader.ts';
import { RELAY_ID_HEADER, UNFIT_EXTENSION } from './raw/handshake.ts';
import { nothingReceived, type ReceivedBytes } from './received-bytes.ts';

/**
 * A connection through the `ws` library, for TLS and as the reference. The handshake and everything received go through `ws`; complete, masked
 * frames are written straight to its socket, because one write for many frames costs a quarter of one write a
 * frame. They and those of `ws` (pong, close) can't disturb each other: no frame refers to one before it, compressed or not.
 */
export class WsConnection implements Connection {
  readonly number: number;
  readonly startedNs: number;
  relayId: string | null = null;
  takesDeflated = false;
  readonly #ws: InflatingWebSocket;
  readonly #handlers: ConnectionHandlers;
  readonly #bytes: ReceivedBytes;
  #socket: Socket | null = null;
  #state: 'opening' | 'open' | 'ended' = 'opening';
  /** The close code of what the peer broke, as the raw transport reports it; null where it broke nothing. */
  #protocolError: number | null = null;

  constructor(options: ConnectionOptions, handlers: ConnectionHandlers) {
    this.number = options.number;
    this.#handlers = handlers;
    this.#bytes = options.received ?? nothingReceived();
    this.startedNs = monotonicNs();
    this.#ws = new InflatingWebSocket(options.url, options.compression, this.#bytes, {
      maxPayload: MAX_MESSAGE_BYTES,
      handshakeTimeout: options.timeoutMs,
      followRedirects: false,
      rejectUnauthorized: options.insecure !== true,
      headers: { 'User-Agent': 'relay-bench' },
      ...(options.localAddress === undefined ? {} : { localAddress: options.localAddress }),
    });
    this.#listen();
  }

  get isCompressed(): boolean {
    return this.#ws.terms !== null;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  write(frames: Buffer): boolean {
    return this.#socket?.write(frames) ?? false;
  }

  pause(): void {
    this.#ws.pause();
  }

  resume(): void {
    this.#ws.resume();
  }

  close(): void {
    this.#state = 'ended';
    this.#ws.close(1000);
  }

  terminate(): void {
    this.#state = 'ended';
    this.#ws.terminate();
  }

  #listen(): void {
    const ws = this.#ws;
    // A relay may send its first frame in the segment of the upgrade response: listen before `open`.
    ws.on('message', (data: RawData, isBinary: boolean) => this.#received(data as Buffer, isBinary));
    ws.on('upgrade', (response) => {
      if (ws.isUnfit) {
        this.#failed(UNFIT_EXTENSION);
        ws.terminate();
        return;
      }
      this.#socket = response.socket;
      const relayId = response.headers[RELAY_ID_HEADER];
      if (typeof relayId === 'string') this.relayId = relayId;
      response.socket.setNoDelay(true);
    });
    ws.on('open', () => this.#opened());
    ws.on('unexpected-response', (request, response) => {
      request.destroy();
      const { statusCode: status = 0, headers } = response;
      const { location, 'retry-after': retryAfter } = headers;
      this.#failed(`http ${status}`, { status, location, retryAfter });
    });
    ws.on('error', (error: NodeJS.ErrnoException) => this.#broken(error));
    ws.on('close', (code: number) => this.#closed(code));
  }

  #opened(): void {
    if (this.#state !== 'opening') return;
    this.#state = 'open';
    const { terms } = this.#ws;
    this.takesDeflated = terms !== null && takesDeflated(terms);
    this.#socket?.on('drain', () => {
      if (this.#state === 'open') this.#handlers.onDrain(this);
    });
    this.#socket?.on('data', (chunk: Buffer) => {
      this.#bytes.read += chunk.length;
    });
    this.#handlers.onOpen(this, monotonicNs());
  }

  #received(data: Buffer, isBinary: boolean): void {
    if (this.#state === 'ended') return;
    if (isBinary) this.#handlers.onBinary(this);
    else this.#handlers.onText(this, data);
  }

  #broken(error: NodeJS.ErrnoException): void {
    // An error after the handshake is followed by `close`, which reports it.
    if (this.#state === 'opening') this.#failed(reasonOf(error));
    else this.#protocolError = protocolErrorOf(error);
  }

  #failed(reason: string, refusal?: UpgradeRefusal): void {
    if (this.#state !== 'opening') return;
    this.#state = 'ended';
    this.#handlers.onFailed(this, reason, refusal);
  }

  #closed(code: number): void {
    if (this.#state === 'open') {
      this.#state = 'ended';
      this.#handlers.onClosed(this, this.#protocolError ?? code);
    } else {
      this.#failed('closed during handshake');
    }
  }
}

/** A short, stable word for a failed handshake. */
function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.message.includes('handshake has timed out')) return 'timeout';
  if (error.code !== undefined) return error.code;
  return error.message.slice(0, 60);
}

/** RFC 6455 section 7.4.1; null where the error is none of the protocol. */
function protocolErrorOf({ code = '' }: NodeJS.ErrnoException): number | null {
  if (code === 'WS_ERR_INVALID_UTF8') return CLOSE.notUtf8;
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return CLOSE.tooBig;
  if (code === 'WS_ERR_TOO_MANY_BUFFERED_PARTS') return CLOSE.policy;
  return code.startsWith('WS_ERR_') ? CLOSE.protocolError : null;
}
