import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Described, type Keeping, MessageDescriber } from './describe-message.ts';
import { FrameTap } from './frame-tap.ts';
import { endOfHead, forwardedHead, type RelayPlace } from './http-head.ts';

export interface SessionOptions {
  readonly relay: RelayPlace;
  /** Accept any TLS certificate of the relay. */
  readonly insecure: boolean;
  readonly keeping: Keeping;
}

const EMPTY: Buffer = Buffer.alloc(0);
/** A request has no more than this before its body. */
const LONGEST_HEAD = 16_384;
/** An answer that ends something is no longer; what is, are events. */
const LONGEST_ANSWER = 1_000;
/** Relays take no longer messages; what is longer is passed on and not read. */
const LONGEST_MESSAGE = 2 * 2 ** 20;

/** What a session tells the proxy. */
export interface SessionEvents {
  /** The client asks for a WebSocket. */
  readonly onUpgrade: () => void;
  readonly onPassing: () => void;
  readonly onPassed: () => void;
  /** This came on a WebSocket, behind the handshake; it is passed on already. */
  readonly onData: (chunk: Buffer, from: 'client' | 'relay') => void;
  readonly onUnreached: (error: Error) => void;
  readonly onEnd: () => void;
  readonly onDescribed: (described: Described, atUs: number) => void;
}

/** One connection of a client and the one to the relay that belongs to it. */
export class Session {
  /** In the trace; null where the client has asked for no WebSocket. */
  number: number | null = null;
  readonly #client: Socket;
  readonly #options: SessionOptions;
  readonly #events: SessionEvents;
  readonly #describer: MessageDescriber;
  readonly #tap: FrameTap;
  readonly #answers: FrameTap;
  #head = EMPTY;
  #relay: Socket | null = null;
  #isWebSocket = false;
  #isUpgraded = false;
  #isOver = false;
  #isRefused = false;
  #atUs = 0;

  constructor(client: Socket, options: SessionOptions, events: SessionEvents) {
    this.#client = client;
    this.#options = options;
    this.#events = events;
    this.#describer = new MessageDescriber(options.keeping);
    this.#tap = new FrameTap({
      onText: (text) => this.#tell(this.#describer.describe(text, Math.floor(Date.now() / 1_000))),
      onUnread: () => this.#tell({ what: 'other', word: 'unread' }),
      longest: LONGEST_MESSAGE,
    });
    this.#answers = new FrameTap({
      onText: (text) => this.#describer.heard(text),
      onUnread: () => undefined,
      longest: LONGEST_ANSWER,
    });
    client.on('data', (chunk: Buffer) => this.#fromClient(chunk));
    this.#follow(client, () => this.#relay);
  }

  destroy(): void {
    this.#client.destroy();
    this.#relay?.destroy();
  }

  /** Whether the client waits for no answer. */
  get isAnswered(): boolean {
    return this.#describer.isAnswered;
  }

  /** Reads what of the relay was passed on. */
  hear(chunk: Buffer): void {
    this.#answers.push(chunk);
  }

  /** Reads what of the client was passed on. */
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
    if (this.#isWebSocket) this.#events.onData(chunk, 'client');
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
    this.#head = EMPTY;
    const relay = this.#connect();
    this.#relay = relay;
    relay.write(head.bytes);
    if (rest.length > 0) {
      relay.write(rest);
      if (head.isUpgrade) this.#events.onData(rest, 'client');
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
      this.#pass(chunk, relay, this.#client);
      hasAnswered = true;
      const frames = this.#isUpgraded ? chunk : this.#behindAnswer(chunk);
      if (this.#isWebSocket && frames.length > 0) this.#events.onData(frames, 'relay');
    });
    relay.on('error', (error) => {
      if (hasAnswered || this.#isOver) return;
      this.#events.onUnreached(error);
      this.#refuse('502 Bad Gateway');
    });
    this.#follow(relay, () => this.#client);
    return relay;
  }

  /** What follows the head of the relay's answer; nothing is read of one that takes no upgrade. */
  #behindAnswer(chunk: Buffer): Buffer {
    this.#head = Buffer.concat([this.#head, chunk]);
    const end = endOfHead(this.#head);
    if (end < 0 && this.#head.length <= LONGEST_HEAD) return EMPTY;
    const rest = this.#head.subarray(Math.max(0, end));
    this.#isUpgraded = this.#head.toString('latin1', 0, 12).endsWith(' 101');
    if (!this.#isUpgraded) this.#isWebSocket = false;
    this.#head = EMPTY;
    return rest;
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
