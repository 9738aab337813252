import { connect as connectPlain, createServer, isIP, type Server, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { monotonicNs, NS_PER_US } from '../base/clock.ts';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import type { LatencySummary } from '../metric/summary.ts';
import { AddedLatency } from './added-latency.ts';
import { type Described, type Keeping, MessageDescriber } from './describe-message.ts';
import type { TraceStep } from './format.ts';
import { FrameTap } from './frame-tap.ts';
import { endOfHead, forwardedHead, type RelayPlace } from './http-head.ts';

export interface ProxyOptions {
  readonly relay: RelayPlace;
  /** Accept any TLS certificate of the relay. */
  readonly insecure: boolean;
  /** Port of 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  readonly keeping: Keeping;
  readonly onStep: (step: TraceStep) => void;
}

/** A proxy that is listening. */
export interface RecordingProxy {
  readonly port: number;
  /** Connections that are open. */
  readonly open: number;
  /** Connections that the relay could not be reached for. */
  readonly unreached: number;
  /** Why the last of them. */
  readonly problem: string | null;
  /** What it adds to every piece of data, both ways. */
  addedLatency(): LatencySummary;
  /** Ends every connection and listens no longer. */
  close(): Promise<void>;
}

/** A request has no more than this before its body. */
const LONGEST_HEAD = 16_384;
/** Relays take no longer messages; what is longer is passed on and not read. */
const LONGEST_MESSAGE = 2 * 2 ** 20;

/**
 * Passes bytes between clients and a relay as they come, and tells what clients do.
 * @throws RelayBenchError `PORT_IN_USE` (exit 3)
 */
export async function startRecordingProxy(options: ProxyOptions): Promise<RecordingProxy> {
  const proxy = new TracingProxy(options);
  await proxy.listen();
  return proxy;
}

/** Data of a client that is looked at when everything that came with it has been passed on. */
interface Seen {
  readonly session: Session;
  readonly chunk: Buffer;
  readonly atUs: number;
}

class TracingProxy implements RecordingProxy {
  readonly #options: ProxyOptions;
  readonly #server: Server;
  readonly #added = new AddedLatency();
  readonly #sessions = new Set<Session>();
  readonly #startNs = monotonicNs();
  #seen: Seen[] = [];
  #numbers = 0;
  unreached = 0;
  problem: string | null = null;

  constructor(options: ProxyOptions) {
    this.#options = options;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#serve(client));
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get open(): number {
    return this.#sessions.size;
  }

  addedLatency(): LatencySummary {
    return this.#added.summary();
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', (cause) => reject(notListening(this.#options.port, cause)));
      this.#server.listen(this.#options.port, '127.0.0.1', () => resolve());
    });
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const session of this.#sessions) session.destroy();
    await closed;
    this.#look();
  }

  #serve(client: Socket): void {
    const session = new Session(client, this.#options, {
      onUpgrade: () => this.#tell(session, { what: 'open' }),
      onPassing: () => {
        if (this.#added.arrived()) setImmediate(() => this.#endTurn());
      },
      onPassed: () => this.#added.passed(),
      onClientData: (chunk) => this.#seen.push({ session, chunk, atUs: this.#nowUs() }),
      onUnreached: (error) => {
        this.unreached++;
        this.problem = messageOf(error);
      },
      onEnd: () => {
        this.#sessions.delete(session);
        // What it has sent before comes before its end.
        this.#look();
        if (session.number !== null) this.#tell(session, { what: 'close' });
      },
      onDescribed: (described, atUs) => this.#tell(session, described, atUs),
    });
    this.#sessions.add(session);
  }

  #nowUs(): number {
    return Math.round((monotonicNs() - this.#startNs) / NS_PER_US);
  }

  #endTurn(): void {
    this.#look();
    this.#added.turnEnded();
  }

  #look(): void {
    const seen = this.#seen;
    this.#seen = [];
    for (const { session, chunk, atUs } of seen) session.look(chunk, atUs);
  }

  #tell(session: Session, described: Described, atUs = this.#nowUs()): void {
    session.number ??= this.#numbers++;
    this.#options.onStep({ ...described, atUs, connection: session.number });
  }
}

function notListening(port: number, cause: Error): RelayBenchError {
  return new RelayBenchError(`nothing can listen on port ${port}: ${cause.message}`, {
    code: 'PORT_IN_USE',
    hint: 'name another port with --listen, or 0 for a free one',
    exitCode: EXIT.unreachable,
    cause,
  });
}

interface SessionEvents {
  /** The client asks for a WebSocket. */
  readonly onUpgrade: () => void;
  readonly onPassing: () => void;
  readonly onPassed: () => void;
  /** The client has sent this, behind its request; it is passed on already. */
  readonly onClientData: (chunk: Buffer) => void;
  readonly onUnreached: (error: Error) => void;
  readonly onEnd: () => void;
  readonly onDescribed: (described: Described, atUs: number) => void;
}

/** One connection of a client and the one to the relay that belongs to it. */
class Session {
  /** In the trace; null where the client has asked for no WebSocket. */
  number: number | null = null;
  readonly #client: Socket;
  readonly #options: ProxyOptions;
  readonly #events: SessionEvents;
  readonly #describer: MessageDescriber;
  readonly #tap: FrameTap;
  #head: Buffer = Buffer.alloc(0);
  #relay: Socket | null = null;
  #isWebSocket = false;
  #isOver = false;
  #isRefused = false;
  #atUs = 0;

  constructor(client: Socket, options: ProxyOptions, events: SessionEvents) {
    this.#client = client;
    this.#options = options;
    this.#events = events;
    this.#describer = new MessageDescriber(options.keeping);
    this.#tap = new FrameTap({
      onText: (text) => this.#tell(this.#describer.describe(text, Math.floor(Date.now() / 1_000))),
      onUnread: () => this.#tell({ what: 'other', word: 'unread' }),
      longest: LONGEST_MESSAGE,
    });
    client.on('data', (chunk: Buffer) => this.#fromClient(chunk));
    this.#follow(client, () => this.#relay);
  }

  destroy(): void {
    this.#client.destroy();
    this.#relay?.destroy();
  }

  /** Reads what was passed on. */
  look(chunk: Buffer, atUs: number): void {
    this.#atUs = atUs;
    this.#tap.push(chunk);
  }

  #tell(described: Described): void {
    this.#events.onDescribed(described, this.#atUs);
  }

  #fromClient(chunk: Buffer): void {
    if (this.#isRefused) return;
    if (this.#relay === null) {
      this.#head = Buffer.concat([this.#head, chunk]);
      this.#begin();
      return;
    }
    this.#pass(chunk, this.#client, this.#relay);
    if (this.#isWebSocket) this.#events.onClientData(chunk);
  }

  /** Once its request is complete, the relay is connected to. */
  #begin(): void {
    const end = endOfHead(this.#head);
    if (end < 0 && this.#head.length <= LONGEST_HEAD) return;
    const head = end < 0 ? null : forwardedHead(this.#head.subarray(0, end), this.#options.relay);
    if (head === null) {
      this.#refuse('400 Bad Request');
      return;
    }
    this.#isWebSocket = head.isUpgrade;
    if (head.isUpgrade) this.#events.onUpgrade();
    const rest = this.#head.subarray(end);
    this.#head = Buffer.alloc(0);
    const relay = this.#connect();
    this.#relay = relay;
    relay.write(head.bytes);
    if (rest.length > 0) {
      relay.write(rest);
      if (head.isUpgrade) this.#events.onClientData(rest);
    }
  }

  #connect(): Socket {
    const { host, port, isTls } = this.#options.relay;
    const place = { host, port, allowHalfOpen: true };
    const tls = { servername: isIP(host) === 0 ? host : '', rejectUnauthorized: !this.#options.insecure };
    const relay = isTls ? connectTls({ ...place, ...tls }) : connectPlain(place);
    relay.setNoDelay(true);
    let hasAnswered = false;
    relay.on('data', (chunk: Buffer) => {
      hasAnswered = true;
      this.#pass(chunk, relay, this.#client);
    });
    relay.on('error', (error) => {
      if (hasAnswered || this.#isOver) return;
      this.#events.onUnreached(error);
      this.#refuse('502 Bad Gateway');
    });
    this.#follow(relay, () => this.#client);
    return relay;
  }

  #refuse(status: string): void {
    this.#isRefused = true;
    this.#client.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
  }

  #pass(chunk: Buffer, source: Socket, sink: Socket): void {
    this.#events.onPassing();
    if (!sink.destroyed && !sink.write(chunk)) {
      source.pause();
      sink.once('drain', () => source.resume());
    }
    this.#events.onPassed();
  }

  /** What ends at one side ends at the other, behind the last byte. */
  #follow(socket: Socket, other: () => Socket | null): void {
    socket.on('end', () => other()?.end());
    // It closes next.
    socket.on('error', () => undefined);
    socket.on('close', (hadError) => {
      const partner = other();
      if (hadError && !this.#isRefused) partner?.destroy();
      else partner?.end();
      if (this.#isOver) return;
      this.#isOver = true;
      this.#events.onEnd();
    });
  }
}
