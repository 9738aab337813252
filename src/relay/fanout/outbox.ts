import {
  countDeflated,
  FINAL_DEFLATED_TEXT,
  STORED_HEADER_BYTES,
  writeStoredHeader,
} from '../../base/deflate-message.ts';
import type { StoredEvent } from '../store/stored-event.ts';
import type { Backlogged } from './backlogs.ts';
import { deflatedText } from './deflatable.ts';
import type { EncodedEvent } from './encoded-event.ts';
import type { OutboxOptions } from './outbox-options.ts';

/** First byte of a frame: final fragment; a text, or a pong (RFC 6455, 5.2). */
const FINAL_TEXT = 0x81;
const PONG = 0x8a;
const CLOSING_BRACKET = 0x5d;
const FIRST_CAPACITY_BYTES = 512;
const STEP_LENGTH = 64 * 1024;
/** A long answer is written in pieces of about this size. */
const PIECE_BYTES = 256 * 1024;
/** A long answer pauses while this much waits for the reader. */
const PAUSE_BYTES = 1024 * 1024;

/** An event of this length is not copied for each reader: the system takes it from where it is. */
const SHARED_BYTES = 16 * 1024;

/** What is written to a socket. */
interface Piece {
  readonly content: Uint8Array | string;
  /** How a text is written. */
  readonly encoding: BufferEncoding;
}

const EMPTY = Buffer.alloc(0);
const END_OF_EVENT: Piece = { content: ']', encoding: 'latin1' };

function bytesPiece(content: Uint8Array): Piece {
  return { content, encoding: 'latin1' };
}

/**
 * Collects the messages to one client and writes those of one tick at once, as complete WebSocket frames
 * (RFC 6455; a server does not mask). One write for many messages costs a fraction of one write each.
 */
export class Outbox implements Backlogged {
  readonly #options: OutboxOptions;
  #buffer: Buffer = EMPTY;
  #used = 0;
  #heldBytes = 0;
  /** Answers that wait for the reader. */
  readonly #pausing: (() => void)[] = [];
  /** Bytes of the last flush: the next one is probably as large. */
  #lastBytes = FIRST_CAPACITY_BYTES;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Characters of events that are sent to this reader in one step: compressing takes many times as long as copying. */
  get stepLength(): number {
    return this.#options.compression === null ? STEP_LENGTH : STEP_LENGTH / 4;
  }

  /** Bytes that wait for the reader: in the socket, or of an answer that is read ahead of it. */
  get backlogBytes(): number {
    const { socket } = this.#options;
    return socket.destroyed ? 0 : socket.writableLength + this.#heldBytes;
  }

  /** Counts what is kept elsewhere until the reader has caught up; a negative number takes it back. */
  hold(bytes: number): void {
    this.#heldBytes += bytes;
    if (bytes > 0) this.#options.backlogs.grow(this, bytes);
  }

  /** Answers a ping; what it carries is at most 125 bytes. */
  sendPong(data: Uint8Array): void {
    const offset = this.#startFrame(data.length, PONG);
    this.#buffer.set(data, offset);
    this.#endFrame();
  }

  /** Sends a message. */
  sendText(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (this.#sendDeflated(text, bytes)) return;
    const offset = this.#startFrame(bytes);
    this.#buffer.write(text, offset, bytes, 'utf8');
    this.#endFrame();
  }

  /**
   * Sends the message `prefix + json + "]"` of an event that is sent to this reader only.
   * @param prefix `["EVENT","subscription",`
   */
  sendStored(prefix: Uint8Array, event: Pick<StoredEvent, 'id' | 'json'>): void {
    const { json } = event;
    const jsonBytes = Buffer.byteLength(json);
    const deflated = this.#options.compression?.events.of(event, jsonBytes) ?? null;
    if (this.#sendDeflatedEvent(prefix, jsonBytes, deflated)) return;
    // Text of one byte a character is copied as it is.
    const encoding = jsonBytes === json.length ? 'latin1' : 'utf8';
    if (jsonBytes >= SHARED_BYTES) {
      this.#sendLong(prefix, { content: json, encoding }, jsonBytes);
      return;
    }
    const offset = this.#startFrame(prefix.length + jsonBytes + 1);
    this.#buffer.set(prefix, offset);
    this.#buffer.write(json, offset + prefix.length, jsonBytes, encoding);
    this.#buffer[this.#used - 1] = CLOSING_BRACKET;
    this.#endFrame();
  }

  /**
   * Sends the message `prefix + json + "]"`; both are encoded once and used for many messages.
   * @param prefix `["EVENT","subscription",`
   */
  sendEvent(prefix: Uint8Array, event: EncodedEvent): void {
    const json = event.plain;
    const deflated = this.#options.compression === null ? null : event.deflated;
    if (this.#sendDeflatedEvent(prefix, json.length, deflated)) return;
    if (json.length >= SHARED_BYTES) {
      this.#sendLong(prefix, bytesPiece(json), json.length);
      return;
    }
    const offset = this.#startFrame(prefix.length + json.length + 1);
    this.#buffer.set(prefix, offset);
    this.#buffer.set(json, offset + prefix.length);
    this.#buffer[this.#used - 1] = CLOSING_BRACKET;
    this.#endFrame();
  }

  /** Sends a message compressed. @returns false where it was not, because nobody asks for it or it would be no smaller */
  #sendDeflated(text: string, bytes: number): boolean {
    const { compression } = this.#options;
    if (compression === null) return false;
    const deflated = deflatedText(text, bytes);
    if (deflated === null || deflated.length >= bytes) return false;
    countDeflated(compression.counts, bytes, deflated.length);
    const offset = this.#startFrame(deflated.length, FINAL_DEFLATED_TEXT);
    this.#buffer.set(deflated, offset);
    this.#endFrame();
    return true;
  }

  /** The same of an event: what is compressed is the same for all readers, and stands behind a beginning that is not. */
  #sendDeflatedEvent(prefix: Uint8Array, jsonBytes: number, deflated: Uint8Array | null): boolean {
    const { compression } = this.#options;
    if (compression === null || deflated === null) return false;
    const [before, own] = [prefix.length + jsonBytes + 1, STORED_HEADER_BYTES + prefix.length];
    const after = own + deflated.length;
    if (after >= before) return false;
    countDeflated(compression.counts, before, after);
    const isLong = deflated.length >= SHARED_BYTES;
    const offset = this.#startFrame(after, FINAL_DEFLATED_TEXT, isLong ? own : after);
    writeStoredHeader(this.#buffer, offset, prefix.length);
    this.#buffer.set(prefix, offset + STORED_HEADER_BYTES);
    if (isLong) {
      const head = this.#take();
      this.#write([bytesPiece(head), bytesPiece(deflated)], head.length + deflated.length);
    } else {
      this.#buffer.set(deflated, offset + own);
      this.#endFrame();
    }
    return true;
  }

  /** Sends a long event at once, without a copy of it: what waits for its reader is the event that all share. */
  #sendLong(prefix: Uint8Array, json: Piece, jsonBytes: number): void {
    const offset = this.#startFrame(prefix.length + jsonBytes + 1, FINAL_TEXT, prefix.length);
    this.#buffer.set(prefix, offset);
    const head = this.#take();
    this.#write([bytesPiece(head), json, END_OF_EVENT], head.length + jsonBytes + 1);
  }

  /** Writes what was collected; called by the flush queue at the end of a tick. */
  flush(): void {
    const chunk = this.#take();
    if (chunk.length > 0) this.#write([bytesPiece(chunk)], chunk.length);
  }

  /** What was collected; nothing is from now on. */
  #take(): Buffer {
    const chunk = this.#buffer.subarray(0, this.#used);
    this.#buffer = EMPTY;
    this.#used = 0;
    this.#lastBytes = Math.min(Math.max(chunk.length, FIRST_CAPACITY_BYTES), PIECE_BYTES);
    return chunk;
  }

  #write(pieces: readonly Piece[], bytes: number): void {
    const { socket, isOpen, maxBacklogBytes, backlogs } = this.#options;
    if (socket.destroyed || !isOpen()) return;
    if (socket.writableLength + bytes > maxBacklogBytes) {
      this.cut();
      return;
    }
    if (pieces.length > 1) socket.cork();
    for (const { content, encoding } of pieces) socket.write(content, encoding);
    if (pieces.length > 1) socket.uncork();
    if (socket.writableLength > 0) backlogs.grow(this, bytes);
  }

  /** Ends the connection of a reader that is too slow, at once: what waits for it would only grow. */
  cut(): void {
    const { socket, onOverflow } = this.#options;
    if (socket.destroyed) return;
    onOverflow();
    socket.destroy();
  }

  /** Whether {@link Outbox.pause} has something to do. */
  get isFull(): boolean {
    const { socket } = this.#options;
    return !socket.destroyed && (this.#used >= PIECE_BYTES || socket.writableLength >= PAUSE_BYTES);
  }

  /**
   * Whether a long answer has to wait for its reader.
   * @returns null to go on at once, else a promise that resolves when the reader has caught up or is gone
   */
  pause(): Promise<void> | null {
    if (!this.isFull) return null;
    this.flush();
    const { socket } = this.#options;
    if (!this.isFull) return null;
    if (this.#pausing.length === 0) socket.on('drain', this.#goOn).on('close', this.#goOn);
    return new Promise((resolve) => this.#pausing.push(resolve));
  }

  /** Answers that pause go on; those that find no room again pause again. */
  readonly #goOn = (): void => {
    this.#options.socket.off('drain', this.#goOn).off('close', this.#goOn);
    for (const resolve of this.#pausing.splice(0)) resolve();
  };

  /**
   * Makes room for a frame, writes its header and returns where the payload begins.
   * @param ownBytes the part of the payload that is written here
   */
  #startFrame(payloadBytes: number, firstByte = FINAL_TEXT, ownBytes = payloadBytes): number {
    const headerBytes = payloadBytes < 126 ? 2 : payloadBytes < 65_536 ? 4 : 10;
    // What is collected never grows far beyond a piece: growing copies it, and leaves twice as much behind.
    if (this.#used > 0 && this.#used + headerBytes + ownBytes > PIECE_BYTES) this.flush();
    if (this.#used === 0) this.#options.flushQueue.add(this);
    this.#reserve(headerBytes + ownBytes);
    const start = this.#used;
    this.#buffer[start] = firstByte;
    if (headerBytes === 2) {
      this.#buffer[start + 1] = payloadBytes;
    } else if (headerBytes === 4) {
      this.#buffer[start + 1] = 126;
      this.#buffer.writeUInt16BE(payloadBytes, start + 2);
    } else {
      this.#buffer[start + 1] = 127;
      this.#buffer.writeUInt32BE(0, start + 2);
      this.#buffer.writeUInt32BE(payloadBytes, start + 6);
    }
    this.#used = start + headerBytes + ownBytes;
    return start + headerBytes;
  }

  /** A turn that collects much writes before its end: what waits is counted, and may be too much. */
  #endFrame(): void {
    if (this.#used > Math.min(PIECE_BYTES, this.#options.maxBacklogBytes)) this.flush();
  }

  #reserve(bytes: number): void {
    const needed = this.#used + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(
      Math.max(needed, Math.min(PIECE_BYTES, 2 * this.#buffer.length), this.#lastBytes),
    );
    this.#buffer.copy(grown, 0, 0, this.#used);
    this.#buffer = grown;
  }
}
