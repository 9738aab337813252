import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { FlushQueue } from '../fanout/flush-queue.ts';
import { Outbox } from '../fanout/outbox.ts';
import { Session, type SessionParts } from '../protocol/session.ts';

/** Going away (RFC 6455, 7.4.1). */
const CLOSE_GOING_AWAY = 1001;
/** A client that answers no ping for this long is gone. */
const PING_INTERVAL_MS = 30_000;

interface Connection {
  readonly webSocket: WebSocket;
  readonly session: Session;
  readonly outbox: Outbox;
  /** Whether anything came since the last ping. */
  isAlive: boolean;
}

/** Text of a message; `ws` has checked that it is UTF-8 and delivers one Buffer by default. */
function textOf(data: RawData): string {
  return Buffer.isBuffer(data) ? data.toString('utf8') : '';
}

/**
 * All WebSocket connections: upgrades them, feeds their sessions, ends them. `ws` reads and answers pings;
 * messages to clients are written by the outbox, which coalesces them.
 */
export class Connections {
  readonly #parts: SessionParts;
  readonly #connections = new Set<Connection>();
  readonly #flushQueue = new FlushQueue();
  readonly #server: WebSocketServer;
  readonly #pinging: NodeJS.Timeout;
  #isStopping = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: parts.limits.maxMessageBytes,
      clientTracking: false,
    });
    this.#pinging = setInterval(() => this.#pingAll(), PING_INTERVAL_MS).unref();
  }

  /** Turns an HTTP upgrade into a connection. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#isStopping || this.#connections.size >= this.#parts.limits.maxConnections) {
      // Nobody else listens for errors of this socket, and an unheard one would end the process.
      socket.on('error', () => socket.destroy());
      socket.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n', () => socket.destroy());
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (webSocket) => this.#open(webSocket, socket));
  }

  /** Sends CLOSED for every subscription and accepts nothing more on any connection. */
  stopSessions(): void {
    this.#isStopping = true;
    for (const { session } of this.#connections) session.stop();
  }

  /** Closes every connection with 1001; those that do not answer in time are ended. */
  async close(deadlineMs: number): Promise<void> {
    clearInterval(this.#pinging);
    const closed = [...this.#connections].map(({ webSocket, outbox }) => {
      outbox.flush();
      webSocket.close(CLOSE_GOING_AWAY, 'the relay is shutting down');
      return new Promise((resolve) => webSocket.once('close', resolve));
    });
    const timer = setTimeout(() => this.#terminateAll(), deadlineMs);
    await Promise.all(closed);
    clearTimeout(timer);
  }

  #open(webSocket: WebSocket, socket: Duplex): void {
    const { stats, limits } = this.#parts;
    const outbox = new Outbox({
      socket,
      isOpen: () => webSocket.readyState === webSocket.OPEN,
      flushQueue: this.#flushQueue,
      maxBacklogBytes: limits.maxBacklogBytes,
      onOverflow: () => stats.slowReadersCut++,
    });
    const session = new Session(this.#parts, outbox);
    const connection: Connection = { webSocket, session, outbox, isAlive: true };
    this.#connections.add(connection);
    stats.connections++;
    stats.connectionsTotal++;
    this.#listen(connection);
  }

  #listen(connection: Connection): void {
    const { webSocket, session } = connection;
    webSocket.on('message', (data, isBinary) => {
      connection.isAlive = true;
      if (isBinary) session.notice('invalid: binary messages are not part of the protocol');
      else session.receive(textOf(data));
    });
    webSocket.on('pong', () => {
      connection.isAlive = true;
    });
    // A frame against the rules (too long, not UTF-8): ws answers with the right close code by itself.
    webSocket.on('error', () => this.#parts.stats.invalidMessages++);
    webSocket.once('close', () => {
      session.end();
      this.#connections.delete(connection);
      this.#parts.stats.connections--;
    });
  }

  #pingAll(): void {
    for (const connection of this.#connections) {
      if (connection.isAlive) connection.webSocket.ping();
      else connection.webSocket.terminate();
      connection.isAlive = false;
    }
  }

  #terminateAll(): void {
    for (const { webSocket } of this.#connections) webSocket.terminate();
  }
}
