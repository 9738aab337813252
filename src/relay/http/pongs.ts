import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';

/**
 * Answers the pings of one client: of those that come together the last one alone, and none while it does not read its
 * answers (RFC 6455, 5.5.3). So a burst of pings costs one pong, and nobody is cut for it.
 */
export class Pongs {
  readonly #webSocket: Pick<WebSocket, 'pong' | 'readyState' | 'OPEN'>;
  readonly #socket: Pick<Socket, 'writableNeedDrain' | 'once'>;
  #last: Buffer | null = null;

  constructor(
    webSocket: Pick<WebSocket, 'pong' | 'readyState' | 'OPEN'>,
    socket: Pick<Socket, 'writableNeedDrain' | 'once'>,
  ) {
    this.#webSocket = webSocket;
    this.#socket = socket;
  }

  /** A ping has come with these bytes. */
  owe(data: Buffer): void {
    const isOwed = this.#last !== null;
    this.#last = data;
    if (!isOwed) setImmediate(() => this.#pay());
  }

  #pay(): void {
    const { readyState, OPEN } = this.#webSocket;
    if (readyState !== OPEN || this.#last === null) return;
    if (this.#socket.writableNeedDrain) {
      this.#socket.once('drain', () => this.#pay());
      return;
    }
    const data = this.#last;
    this.#last = null;
    this.#webSocket.pong(data);
  }
}
