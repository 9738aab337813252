import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { FlushQueue } from '../fanout/flush-queue.ts';
import { Outbox } from '../fanout/outbox.ts';
import type { Budgets, ConnectionBudget } from '../limits/budgets.ts';
import type { ClientAddresses } from '../limits/client-address.ts';
import { Session, type SessionParts } from '../protocol/session.ts';

/** Going away (RFC 6455, 7.4.1). */
const CLOSE_GOING_AWAY = 1001;
/** A client that answers no ping for this long is gone. */
const PING_INTERVAL_MS = 30_000;
/** How often it is looked at whether messages that have begun are complete. */
const SENDER_CHECK_MS = 1_000;
/** A message may come in so many fragments, and what is not complete in so many pieces: each costs memory. */
const FRAGMENTS_MAX = 4_096;
const PIECES_MAX = 16_384;
/** Bytes of the frame of a ping or pong from a client, besides what it carries (RFC 6455, 5.2). */
const CONTROL_FRAME_BYTES = 6;

const REFUSALS = {
  full: 'HTTP/1.1 503 Service Unavailable',
  tooMany: 'HTTP/1.1 429 Too Many Requests',
} as const;

/** What the connections of a relay are made of. */
export interface ConnectionParts extends SessionParts {
  readonly budgets: Budgets;
  readonly addresses: ClientAddresses;
}

interface Connection {
  readonly webSocket: WebSocket;
  readonly session: Session;
  readonly outbox: Outbox;
  readonly socket: Socket;
  /** Whether anything came since the last ping. */
  isAlive: boolean;
  /** Bytes received up to the last whole message, and those of pings and pongs since. */
  wholeBytes: number;
  /** Checks since the last whole message at which there was more than that. */
  waitedChecks: number;
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
  readonly #parts: ConnectionParts;
  readonly #connections = new Set<Connection>();
  readonly #flushQueue = new FlushQueue();
  readonly #server: WebSocketServer;
  readonly #pinging: NodeJS.Timeout;
  readonly #checking: NodeJS.Timeout;
  #isStopping = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#server = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: parts.limits.maxMessageBytes,
      maxFragments: FRAGMENTS_MAX,
      maxBufferedChunks: PIECES_MAX,
      clientTracking: false,
    });
    this.#pinging = setInterval(() => this.#pingAll(), PING_INTERVAL_MS).unref();
    this.#checking = setInterval(() => this.#checkSenders(), SENDER_CHECK_MS).unref();
  }

  /** Turns an HTTP upgrade into a connection. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#isStopping || this.#connections.size >= this.#parts.limits.maxConnections) {
      this.#refuse(socket, REFUSALS.full);
      return;
    }
    const { budgets, addresses } = this.#parts;
    const budget = budgets.open(addresses.of(request));
    if (budget === null) {
      this.#refuse(socket, REFUSALS.tooMany);
      return;
    }
    // A handshake that fails never becomes a session, which would give the budget back.
    const giveBack = (): void => budget.close();
    socket.once('close', giveBack);
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off('close', giveBack);
      this.#open(webSocket, socket as Socket, budget);
    });
  }

  /** Sends CLOSED for every subscription and accepts nothing more on any connection. */
  stopSessions(): void {
    this.#isStopping = true;
    for (const { session } of this.#connections) session.stop();
  }

  /** Closes every connection with 1001; those that do not answer in time are ended. */
  async close(deadlineMs: number): Promise<void> {
    clearInterval(this.#pinging);
    clearInterval(this.#checking);
    const closed = [...this.#connections].map(({ webSocket, outbox }) => {
      outbox.flush();
      webSocket.close(CLOSE_GOING_AWAY, 'the relay is shutting down');
      return new Promise((resolve) => webSocket.once('close', resolve));
    });
    const timer = setTimeout(() => this.#terminateAll(), deadlineMs);
    await Promise.all(closed);
    clearTimeout(timer);
  }

  #refuse(socket: Duplex, status: string): void {
    // Nobody else listens for errors of this socket, and an unheard one would end the process.
    socket.on('error', () => socket.destroy());
    socket.end(`${status}\r\nconnection: close\r\n\r\n`, () => socket.destroy());
  }

  #open(webSocket: WebSocket, socket: Socket, budget: ConnectionBudget): void {
    const { stats, limits } = this.#parts;
    const outbox = new Outbox({
      socket,
      isOpen: () => webSocket.readyState === webSocket.OPEN,
      flushQueue: this.#flushQueue,
      maxBacklogBytes: limits.maxBacklogBytes,
      onOverflow: () => stats.slowReadersCut++,
    });
    const session = new Session(this.#parts, outbox, budget);
    const connection: Connection = {
      webSocket,
      session,
      outbox,
      socket,
      isAlive: true,
      wholeBytes: socket.bytesRead,
      waitedChecks: 0,
    };
    this.#connections.add(connection);
    stats.connections++;
    stats.connectionsTotal++;
    this.#listen(connection);
    session.greet();
  }

  #listen(connection: Connection): void {
    const { webSocket, session } = connection;
    webSocket.on('message', (data, isBinary) => {
      connection.isAlive = true;
      connection.wholeBytes = connection.socket.bytesRead;
      connection.waitedChecks = 0;
      if (isBinary) session.notice('invalid: binary messages are not part of the protocol');
      else session.receive(textOf(data));
    });
    webSocket.on('ping', (data) => {
      connection.wholeBytes += CONTROL_FRAME_BYTES + data.length;
    });
    webSocket.on('pong', (data) => {
      connection.isAlive = true;
      connection.wholeBytes += CONTROL_FRAME_BYTES + data.length;
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

  /**
   * Cuts who began a message and does not end it: what has come of it is kept in memory. Every byte since the last
   * whole message, besides pings and pongs, belongs to one that is not complete.
   */
  #checkSenders(): void {
    const { limits, stats } = this.#parts;
    for (const connection of this.#connections) {
      if (connection.socket.bytesRead <= connection.wholeBytes) continue;
      if (++connection.waitedChecks * SENDER_CHECK_MS > limits.messageDeadlineS * 1_000) {
        stats.slowSendersCut++;
        connection.webSocket.terminate();
      }
    }
  }

  #terminateAll(): void {
    for (const { webSocket } of this.#connections) webSocket.terminate();
  }
}
