import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocketServer } from 'ws';
import { acceptDeflate } from '../../base/permessage-deflate.ts';
import { Backlogs } from '../fanout/backlogs.ts';
import { DeflatedEvents } from '../fanout/deflated-events.ts';
import { FlushQueue } from '../fanout/flush-queue.ts';
import type { Budgets } from '../limits/budgets.ts';
import type { ClientAddresses } from '../limits/client-address.ts';
import type { SessionParts } from '../protocol/session-parts.ts';
import { Turns } from '../work/turns.ts';
import { Connection, type ConnectionShare, type Upgraded } from './connection.ts';
import { Handshakes } from './handshakes.ts';
import { agreeToCompress, RelayWebSocket } from './relay-web-socket.ts';

/** A client that answers no ping for this long is gone. */
const PING_INTERVAL_MS = 30_000;
/** How often it is looked at whether messages that have begun are complete. */
const SENDER_CHECK_MS = 1_000;
/** A message may come in so many fragments, and what is not complete in so many pieces: each costs memory. */
const FRAGMENTS_MAX = 4_096;
const PIECES_MAX = 16_384;

const REFUSALS = {
  full: 'HTTP/1.1 503 Service Unavailable',
  tooMany: 'HTTP/1.1 429 Too Many Requests',
} as const;

const QUIET_CHECK_MS = 5;

/** How long the end of all connections may take, in two parts. */
export interface CloseTimes {
  readonly answerMs: number;
  readonly goodbyeMs: number;
}

/** What the connections of a relay are made of. */
export interface ConnectionParts extends SessionParts {
  readonly budgets: Budgets;
  readonly addresses: ClientAddresses;
  /** Whether permessage-deflate is accepted. */
  readonly compression: boolean;
}

/** All connections: counts them from TCP on, upgrades them to WebSockets, ends them. */
export class Connections {
  readonly #parts: ConnectionParts;
  readonly #share: ConnectionShare;
  readonly #connections = new Set<Connection>();
  readonly #handshakes: Handshakes;
  readonly #server: WebSocketServer;
  readonly #pinging: NodeJS.Timeout;
  readonly #checking: NodeJS.Timeout;
  #isStopping = false;

  constructor(parts: ConnectionParts) {
    const { limits, budgets, addresses } = parts;
    this.#parts = parts;
    const backlogs = new Backlogs(limits.maxBacklogBytesTotal);
    const compression = { counts: parts.stats.compression, events: new DeflatedEvents() };
    this.#share = { ...parts, flushQueue: new FlushQueue(), backlogs, turns: new Turns(), compression };
    this.#handshakes = new Handshakes({
      deadlineMs: limits.handshakeDeadlineS * 1_000,
      room: () => limits.maxConnections - this.#connections.size,
      roomOf: (address) => (addresses.isProxy(address) ? Number.POSITIVE_INFINITY : budgets.roomOf(address)),
      nowMs: () => performance.now(),
    });
    this.#server = new WebSocketServer({
      noServer: true,
      WebSocket: RelayWebSocket,
      // Negotiated here: `ws` refuses clients whose offer it can't take, and inflates in ways of its own.
      perMessageDeflate: false,
      maxPayload: limits.maxMessageBytes,
      maxFragments: FRAGMENTS_MAX,
      maxBufferedChunks: PIECES_MAX,
      clientTracking: false,
      autoPong: false,
    });
    this.#server.on('headers', (headers, request) => this.#negotiate(headers, request));
    this.#pinging = setInterval(() => this.#forEach((connection) => connection.ping()), PING_INTERVAL_MS);
    const maxChecks = (limits.messageDeadlineS * 1_000) / SENDER_CHECK_MS;
    this.#checking = setInterval(
      () => this.#forEach((connection) => connection.checkSender(maxChecks)),
      SENDER_CHECK_MS,
    );
    this.#pinging.unref();
    this.#checking.unref();
  }

  /** A TCP connection has come about; it has not said anything yet. */
  accept(socket: Socket): void {
    this.#handshakes.add(socket);
  }

  /** A connection has asked for something over HTTP, which has deadlines of its own. */
  onRequest(socket: Socket): void {
    this.#handshakes.done(socket);
  }

  /** Turns an HTTP upgrade into a connection. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#handshakes.done(socket as Socket);
    if (this.#isStopping || this.#connections.size >= this.#parts.limits.maxConnections) {
      this.#refuse(socket, REFUSALS.full);
      return;
    }
    const { budgets, addresses } = this.#parts;
    const address = addresses.of(request);
    const budget = budgets.open(address);
    if (budget === null) {
      this.#refuse(socket, REFUSALS.tooMany);
      return;
    }
    // A handshake that fails never becomes a session, which would give the budget back.
    const giveBack = (): void => budget.close();
    socket.once('close', giveBack);
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off('close', giveBack);
      this.#open({ webSocket: webSocket as RelayWebSocket, socket: socket as Socket, budget, address });
    });
  }

  /** Sends CLOSED for every subscription; from now on events are taken and nothing else, and no connection. */
  stopSessions(): void {
    this.#isStopping = true;
    this.#forEach((connection) => connection.stopSession());
  }

  /**
   * Closes every connection with 1001 once it has the answers that are due and says nothing more.
   * @param times milliseconds that it may go on talking, and that its goodbye may take then: it is cut after that
   */
  async close({ answerMs, goodbyeMs }: CloseTimes): Promise<void> {
    clearInterval(this.#pinging);
    clearInterval(this.#checking);
    const lateMs = performance.now() + answerMs;
    const closed: Promise<void>[] = [];
    const talking = new Set(this.#connections);
    while (talking.size > 0) {
      const isLate = performance.now() >= lateMs;
      for (const connection of talking) {
        if (!isLate && !connection.isQuiet) continue;
        talking.delete(connection);
        closed.push(connection.close());
      }
      if (talking.size > 0) await delay(QUIET_CHECK_MS);
    }
    const timer = setTimeout(() => this.#forEach((connection) => connection.terminate()), goodbyeMs);
    await Promise.all(closed);
    clearTimeout(timer);
    this.#handshakes.close();
  }

  /** Adds to the answer to a handshake what is accepted of the extensions that its client offers. */
  #negotiate(headers: string[], { headers: asked, socket }: IncomingMessage): void {
    const { compression, limits, stats } = this.#parts;
    const accepted = compression ? acceptDeflate(asked['sec-websocket-extensions']) : null;
    if (accepted === null) return;
    headers.push(`Sec-WebSocket-Extensions: ${accepted}`);
    agreeToCompress(socket, { maxBytes: limits.maxMessageBytes, counts: stats.compression });
  }

  #refuse(socket: Duplex, status: string): void {
    // Nobody else listens for errors of this socket, and an unheard one would end the process.
    socket.on('error', () => socket.destroy());
    socket.end(`${status}\r\nconnection: close\r\n\r\n`, () => socket.destroy());
  }

  #open(upgraded: Upgraded): void {
    const { stats } = this.#parts;
    const { isCompressed } = upgraded.webSocket;
    if (isCompressed) stats.compressedConnections++;
    const connection = new Connection(this.#share, upgraded, () => {
      this.#connections.delete(connection);
      stats.connections--;
      if (isCompressed) stats.compressedConnections--;
    });
    this.#connections.add(connection);
    stats.connections++;
    stats.connectionsTotal++;
  }

  #forEach(visit: (connection: Connection) => void): void {
    for (const connection of this.#connections) visit(connection);
  }
}
