import type { BackOff } from '../../base/back-off.ts';
import { monotonicNs } from '../../base/clock.ts';
import { countDeflated, type DeflateCounts } from '../../base/deflate-message.ts';
import type { UpgradeRefusal } from '../../base/upgrade-refusal.ts';
import { deflateMaskedFrame } from '../../base/websocket-frame.ts';
import type { Connection, ConnectionHandlers, ConnectionOptions, Transport } from '../../wire/connection.ts';
import { openConnection, transportFor } from '../../wire/open-connection.ts';
import type { Outbox } from '../../wire/outbox.ts';
import type { ReceivedBytes } from '../../wire/received-bytes.ts';
import type { ReplyHandlers } from '../../wire/reply-handlers.ts';
import { routeFrame } from '../../wire/reply-router.ts';
import type { ConnectionCounts } from '../messages.ts';

/** Told why a connection could not be opened, and what the relay answered where it answered the upgrade. */
type ConnectionFailure = (connection: number, reason: string, refusal?: UpgradeRefusal) => void;

/** A relay that does not answer our close gets no more time than this: the descriptor is needed again. */
const CLOSE_GRACE_MS = 5_000;

export interface ClientHubOptions {
  readonly urlOf: (connection: number) => string;
  /** Source address of a connection; undefined leaves the choice to the system. */
  readonly sourceOf: (connection: number) => string | undefined;
  readonly timeoutMs: number;
  /** Accept any TLS certificate. */
  readonly insecure: boolean;
  readonly transport: Transport | 'auto';
  /** Where permessage-deflate is offered: counts what it does. */
  readonly compression: DeflateCounts | null;
  readonly outbox: Outbox;
  readonly replies: ReplyHandlers;
  readonly onOpened: (connection: Connection, scheduledNs: number, openedNs: number) => void;
  readonly onFailed: ConnectionFailure;
  /** Told of a connection that the target has closed. @returns false where that was to be expected: it is not lost */
  readonly onDropped: (connection: number, closeCode: number) => boolean;
  /** Told of a connection that this side has closed. */
  readonly onClosed: (connection: number) => void;
  /** Told of a connection that this side has cut, and that is opened again. */
  readonly onCut: (connection: number, backOff: BackOff) => void;
  /** Whether a connection that was lost is going to be opened again. */
  readonly comesBack: (connection: number) => boolean;
  /** A lost connection is open again. */
  readonly onReopened: (connection: Connection) => void;
  readonly onReopenFailed: ConnectionFailure;
  /** Counts what comes. */
  readonly received: ReceivedBytes;
  /** A connection is open, where permessage-deflate was offered. */
  readonly onNegotiated: (isCompressed: boolean) => void;
}

const UNKNOWN_RELAY = -1;

/** All connections of one worker, by their number in the run. */
export class ClientHub {
  readonly #options: ClientHubOptions;
  readonly #connections = new Map<number, Connection>();
  readonly #scheduledNs = new Map<number, number>();
  /** Connections that were lost; they are opened again under their numbers and counted once. */
  readonly #lost = new Set<number>();
  /** Relay processes in the order in which they were first seen. */
  readonly #relays: string[] = [];
  readonly #relayOf = new Map<number, number>();
  readonly #handlers: ConnectionHandlers;
  #bytesSent = 0;
  #opened = 0;
  #failed = 0;
  #dropped = 0;
  #open = 0;
  #firstDropNs: number | null = null;
  #lastDropNs: number | null = null;

  constructor(options: ClientHubOptions) {
    this.#options = options;
    this.#handlers = this.#createHandlers();
  }

  get counts(): ConnectionCounts {
    return {
      opened: this.#opened,
      failed: this.#failed,
      dropped: this.#dropped,
      open: this.#open,
      firstDropNs: this.#firstDropNs,
      lastDropNs: this.#lastDropNs,
    };
  }

  /** Bytes written outside the measured streams so far. */
  get bytesSent(): number {
    return this.#bytesSent;
  }

  /** Number of the relay process that a connection has reached; -1 where the answer to its upgrade did not say. */
  relayOf(connection: number): number {
    return this.#relayOf.get(connection) ?? UNKNOWN_RELAY;
  }

  /** Handshakes under way. */
  get opening(): number {
    return this.#scheduledNs.size;
  }

  isOpen(connection: number): boolean {
    return this.#connections.get(connection)?.isOpen === true;
  }

  /** Start the handshake of a connection that was scheduled for `scheduledNs`. */
  open(number: number, scheduledNs: number): void {
    this.#scheduledNs.set(number, scheduledNs);
    this.#connect(this.#optionsOf(number));
  }

  /** Start the handshake of a connection that was lost. It stays the connection that it was: nothing is opened or requested. */
  reopen(number: number): void {
    this.#connect(this.#optionsOf(number));
  }

  /** Write a frame outside the measured streams. */
  send(connection: number, frame: Buffer): void {
    const client = this.#connections.get(connection);
    if (client?.isOpen !== true) return;
    const sent = client.takesDeflated ? this.#deflated(frame) : frame;
    client.write(sent);
    this.#bytesSent += sent.length;
  }

  #deflated(frame: Buffer): Buffer {
    const { compression } = this.#options;
    const deflated = compression === null ? null : deflateMaskedFrame(frame);
    if (compression === null || deflated === null) return frame;
    countDeflated(compression, frame.length, deflated.length);
    return deflated;
  }

  /**
   * Close a connection in the proper way: it is none that the target has closed. What is staged for it is not written, and
   * nothing more comes of it. Nothing happens where it is not open.
   */
  close(number: number): void {
    const client = this.#connections.get(number);
    if (client?.isOpen !== true) return;
    client.close();
    setTimeout(() => client.terminate(), CLOSE_GRACE_MS).unref();
    this.#connections.delete(number);
    this.#relayOf.delete(number);
    this.#open--;
    this.#options.outbox.close(number);
    this.#options.onClosed(number);
  }

  /**
   * Cut a connection, as a network does that goes away: the target is told nothing. It is none that the target has closed, and is
   * opened again. @returns false where it is not open
   */
  cut(number: number, backOff: BackOff): boolean {
    const client = this.#connections.get(number);
    if (client?.isOpen !== true) return false;
    client.terminate();
    this.#connections.delete(number);
    this.#open--;
    this.#lost.add(number);
    this.#options.outbox.park(number);
    this.#options.onCut(number, backOff);
    return true;
  }

  /** Read nothing more of a connection until it is resumed. */
  pause(number: number): void {
    this.#connections.get(number)?.pause();
  }

  resume(number: number): void {
    this.#connections.get(number)?.resume();
  }

  /** Close all in the proper way; those that do not answer within `graceMs` are cut. */
  async closeAll(graceMs: number): Promise<void> {
    const clients = [...this.#connections.values()];
    for (const client of clients) client.close();
    await new Promise((resolve) => setTimeout(resolve, graceMs));
    for (const client of clients) client.terminate();
    this.#connections.clear();
  }

  #createHandlers(): ConnectionHandlers {
    const { outbox, replies } = this.#options;
    return {
      onOpen: (connection, openedNs) => this.#onOpen(connection, openedNs),
      onFailed: ({ number }, ...why) => this.#onFailed(number, ...why),
      onClosed: ({ number }, code) => this.#onDropped(number, code),
      onText: (connection, frame) => routeFrame(connection.number, frame, replies),
      onBinary: (connection) => replies.onMalformed(connection.number),
      onDrain: (connection) => {
        outbox.drained(connection.number);
        outbox.flush();
      },
    };
  }

  #optionsOf(number: number): ConnectionOptions {
    const { urlOf, sourceOf, timeoutMs, insecure, compression, received } = this.#options;
    const localAddress = sourceOf(number);
    return {
      number,
      url: urlOf(number),
      localAddress,
      timeoutMs,
      insecure,
      compression: compression ?? undefined,
      received,
    };
  }

  #connect(options: ConnectionOptions): void {
    const { transport } = this.#options;
    const chosen = transport === 'auto' ? transportFor(options.url) : transport;
    this.#connections.set(options.number, openConnection(chosen, options, this.#handlers));
  }

  #onFailed(...failure: Parameters<ConnectionFailure>): void {
    const [number] = failure;
    this.#connections.delete(number);
    if (this.#scheduledNs.delete(number)) {
      this.#failed++;
      this.#options.onFailed(...failure);
    } else this.#options.onReopenFailed(...failure);
  }

  #onOpen(connection: Connection, openedNs: number): void {
    this.#open++;
    if (this.#options.compression !== null) this.#options.onNegotiated(connection.isCompressed);
    if (!this.#scheduledNs.has(connection.number)) {
      this.#noteRelay(connection);
      this.#options.outbox.open(connection);
      this.#options.onReopened(connection);
      this.#options.outbox.flush();
      return;
    }
    this.#opened++;
    const scheduledNs = this.#scheduledNs.get(connection.number) ?? connection.startedNs;
    this.#scheduledNs.delete(connection.number);
    this.#noteRelay(connection);
    this.#options.outbox.open(connection);
    this.#options.onOpened(connection, scheduledNs, openedNs);
  }

  #onDropped(number: number, code: number): void {
    const { comesBack, onDropped, outbox } = this.#options;
    const isBack = comesBack(number);
    this.#open--;
    this.#connections.delete(number);
    if (isBack) outbox.park(number);
    else outbox.close(number);
    if (onDropped(number, code)) this.#noteDrop(number, isBack);
    if (!isBack) this.#relayOf.delete(number);
  }

  #noteDrop(number: number, isBack: boolean): void {
    if (!this.#lost.has(number)) this.#dropped++;
    if (isBack) this.#lost.add(number);
    this.#lastDropNs = monotonicNs();
    this.#firstDropNs ??= this.#lastDropNs;
  }

  #noteRelay({ number, relayId }: Connection): void {
    if (relayId === null) return;
    if (!this.#relays.includes(relayId)) this.#relays.push(relayId);
    this.#relayOf.set(number, this.#relays.indexOf(relayId));
  }
}
