import type { Socket } from 'node:net';

/** How often it is looked at who is late. */
const CHECK_MS = 1_000;
/** So many may be on their way in also where there is no room, so that they can be told. */
const TOLD_MAX = 128;

/** What limits the connections on their way in. */
export interface HandshakesOptions {
  readonly deadlineMs: number;
  /** How many more connections the relay takes. */
  readonly room: () => number;
  /** How many more of an address; Infinity without such a limit. */
  readonly roomOf: (address: string) => number;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

interface Waiting {
  readonly address: string;
  readonly sinceMs: number;
}

/**
 * TCP connections that have not asked for anything yet. They take a descriptor each, so they count as connections; where
 * they are too many, or of one address, the oldest gives way, because who means it has asked at once.
 */
export class Handshakes {
  readonly #options: HandshakesOptions;
  /** In the order of their coming. */
  readonly #waiting = new Map<Socket, Waiting>();
  readonly #perAddress = new Map<string, number>();
  readonly #checking: NodeJS.Timeout;

  constructor(options: HandshakesOptions) {
    this.#options = options;
    this.#checking = setInterval(() => this.checkLate(), CHECK_MS).unref();
  }

  /** Connections that wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** A TCP connection has come about. */
  add(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    this.#waiting.set(socket, { address, sinceMs: this.#options.nowMs() });
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1);
    socket.once('close', () => this.done(socket));
    const { room, roomOf } = this.#options;
    if (this.#waiting.size > Math.max(TOLD_MAX, room())) this.#dropOldest(() => true);
    else if ((this.#perAddress.get(address) ?? 0) > Math.max(1, roomOf(address))) {
      this.#dropOldest((waiting) => waiting.address === address);
    }
  }

  /** A connection has asked for something, or has gone. */
  done(socket: Socket): void {
    const waiting = this.#waiting.get(socket);
    if (waiting === undefined) return;
    this.#waiting.delete(socket);
    const left = (this.#perAddress.get(waiting.address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(waiting.address);
    else this.#perAddress.set(waiting.address, left);
  }

  /** Ends those that have waited too long. */
  checkLate(): void {
    const lateMs = this.#options.nowMs() - this.#options.deadlineMs;
    for (const [socket, { sinceMs }] of this.#waiting) {
      if (sinceMs > lateMs) return;
      this.#drop(socket);
    }
  }

  close(): void {
    clearInterval(this.#checking);
  }

  #dropOldest(isMeant: (waiting: Waiting) => boolean): void {
    for (const [socket, waiting] of this.#waiting) {
      if (!isMeant(waiting)) continue;
      this.#drop(socket);
      return;
    }
  }

  #drop(socket: Socket): void {
    this.done(socket);
    socket.destroy();
  }
}
