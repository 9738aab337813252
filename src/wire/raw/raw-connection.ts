import { connect, type Socket } from 'node:net';
import { afterPoll } from '../../base/after-poll.ts';
import { monotonicNs } from '../../base/clock.ts';
import { type DeflateCounts, Inflater } from '../../base/deflate-message.ts';
import type { DeflateTerms } from '../../base/permessage-deflate.ts';
import type { UpgradeRefusal } from '../../base/upgrade-refusal.ts';
import type { Connection, ConnectionHandlers, ConnectionOptions } from '../connection.ts';
import { inflaterOptions, takesDeflated } from '../deflate-terms.ts';
import { MAX_MESSAGE_BYTES } from '../limits.ts';
import { nothingReceived, type ReceivedBytes } from '../received-bytes.ts';
import { closeFrame, pongFrame } from './control-frames.ts';
import { CLOSE, type FrameHandlers, FrameReader } from './frame-reader.ts';
import { Handshake, type HandshakeResult } from './handshake.ts';

/** All sockets of the process read into this one buffer: a message is dealt with before the next read. */
const READ_BUFFER = Buffer.allocUnsafeSlow(256 * 1024);

/**
 * A connection over `ws://` without a WebSocket library in the way: no object and no copy per message, all sockets
 * share one read buffer. Same behaviour as the `ws` transport, a quarter less CPU per message.
 */
export class RawConnection implements Connection, FrameHandlers {
  readonly number: number;
  readonly startedNs: number;
  relayId: string | null = null;
  isCompressed = false;
  takesDeflated = false;
  readonly #compression: DeflateCounts | undefined;
  readonly #bytes: ReceivedBytes;
  readonly #handlers: ConnectionHandlers;
  readonly #socket: Socket;
  /** Null once it has ended: ten thousand idle connections should cost nothing that they do not need. */
  #handshake: Handshake | null;
  readonly #reader: FrameReader;
  #deadline: NodeJS.Timeout | undefined;
  #state: 'opening' | 'open' | 'ended' = 'opening';
  /** What the peer, or the protocol, gave as the reason of the end. */
  #closeCode: number = CLOSE.abnormal;

  constructor(options: ConnectionOptions, handlers: ConnectionHandlers) {
    const url = new URL(options.url);
    this.number = options.number;
    this.#handlers = handlers;
    this.#compression = options.compression;
    this.#bytes = options.received ?? nothingReceived();
    this.#handshake = new Handshake(url, options.compression !== undefined);
    this.#reader = new FrameReader(this, MAX_MESSAGE_BYTES, this.#bytes);
    this.startedNs = monotonicNs();
    this.#socket = connect({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port === '' ? 80 : url.port),
      ...(options.localAddress === undefined ? {} : { localAddress: options.localAddress }),
      noDelay: true,
      onread: { buffer: READ_BUFFER, callback: (length) => this.#received(READ_BUFFER.subarray(0, length)) },
    });
    this.#deadline = setTimeout(() => afterPoll(() => this.#fail('timeout')), options.timeoutMs);
    this.#listen();
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  write(frames: Buffer): boolean {
    return this.#socket.write(frames);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** The server ends the TCP connection first (RFC 6455 section 7.1.1), so that no port here has to wait for stray segments. */
  close(): void {
    if (this.#state === 'open') this.#socket.write(closeFrame(CLOSE.normal));
    else this.#socket.destroy();
    this.#socket.resume();
    this.#end();
  }

  terminate(): void {
    this.#end();
    this.#socket.destroy();
  }

  #listen(): void {
    this.#socket.once('connect', () => {
      if (this.#handshake !== null) this.#socket.write(this.#handshake.request);
    });
    this.#socket.on('drain', () => {
      if (this.#state === 'open') this.#handlers.onDrain(this);
    });
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#state === 'opening') this.#fail(error.code ?? error.message.slice(0, 60));
    });
    this.#socket.on('close', () => this.#closed());
  }

  /** @returns true: go on reading */
  #received(chunk: Buffer): boolean {
    this.#bytes.read += chunk.length;
    if (this.#state === 'open') this.#reader.read(chunk);
    else if (this.#state === 'opening') this.#shakeHands(chunk);
    return true;
  }

  #shakeHands(chunk: Buffer): void {
    const result: HandshakeResult | null = this.#handshake?.read(chunk) ?? null;
    if (result === null) return;
    if (result.type === 'failed') {
      this.#fail(result.reason, result.refusal);
      return;
    }
    this.#endHandshake();
    this.#state = 'open';
    this.relayId = result.relayId;
    if (result.deflate !== null) this.#agree(result.deflate);
    this.#handlers.onOpen(this, monotonicNs());
    // A relay may send its first message in the segment of the upgrade response.
    if (result.rest.length > 0 && this.isOpen) this.#reader.read(result.rest);
  }

  #agree(terms: DeflateTerms): void {
    if (this.#compression === undefined) return;
    this.isCompressed = true;
    this.takesDeflated = takesDeflated(terms);
    this.#reader.inflateWith(new Inflater(inflaterOptions(terms, this.#compression)));
  }

  /** Called by the frame reader, as the other four below. */
  onText(message: Buffer): void {
    this.#handlers.onText(this, message);
  }

  onBinary(): void {
    this.#handlers.onBinary(this);
  }

  onPing(payload: Buffer): void {
    this.#socket.write(pongFrame(payload));
  }

  onClose(code: number): void {
    this.#closeCode = code;
    this.#socket.end(closeFrame(code === CLOSE.noStatus ? CLOSE.normal : code));
  }

  onError(code: number): void {
    this.#closeCode = code;
    this.#socket.end(closeFrame(code));
    this.#socket.destroySoon();
  }

  #fail(reason: string, refusal?: UpgradeRefusal): void {
    if (this.#state !== 'opening') return;
    this.#end();
    this.#socket.destroy();
    this.#handlers.onFailed(this, reason, refusal);
  }

  #closed(): void {
    if (this.#state === 'opening') {
      this.#fail('closed during handshake');
    } else if (this.#state === 'open') {
      this.#end();
      this.#handlers.onClosed(this, this.#closeCode);
    }
  }

  #endHandshake(): void {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    this.#handshake = null;
  }

  #end(): void {
    this.#endHandshake();
    this.#state = 'ended';
    this.#reader.end();
  }
}
