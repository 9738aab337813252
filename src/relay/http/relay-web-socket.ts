import type { Duplex } from 'node:stream';
import WebSocket from 'ws';
import type { DeflateCounts } from '../../base/deflate-message.ts';
import { INFLATE_CLOSE_CODES, inflateWith, MessageInflater } from '../../base/inflating-socket.ts';

/** The method of `ws` that its types leave out: the handshake is over, and frames come from now on. */
type SetSocket = (this: WebSocket, socket: Duplex, head: Buffer, options: object) => void;
const { setSocket } = WebSocket.prototype as unknown as { readonly setSocket: SetSocket };

/** How messages of a client that compresses are inflated. */
export interface Compression {
  /** Bytes of the largest message once it is inflated. */
  readonly maxBytes: number;
  readonly counts: DeflateCounts;
}

/** What was agreed on while the handshake was answered, until the connection is there. */
const agreed = new WeakMap<Duplex, Compression>();

/** permessage-deflate is accepted on this socket, as `acceptDeflate` says: nobody takes anything over. */
export function agreeToCompress(socket: Duplex, compression: Compression): void {
  agreed.set(socket, compression);
}

/**
 * A WebSocket of the relay. Compressed messages are inflated one after the other, as its user keeps up: what a paused one has
 * received stays compressed.
 */
export class RelayWebSocket extends WebSocket {
  #inflater: MessageInflater | null = null;

  /** Whether permessage-deflate was negotiated. */
  get isCompressed(): boolean {
    return this.#inflater !== null;
  }

  /** Called by `ws`. */
  setSocket(socket: Duplex, head: Buffer, options: object): void {
    const compression = agreed.get(socket);
    if (compression !== undefined) {
      this.#inflater = new MessageInflater({
        ...compression,
        takenOverBytes: 0,
        mustWait: () => this.isPaused,
        onFailure: (failure) => this.close(INFLATE_CLOSE_CODES[failure]),
      });
      inflateWith(this, this.#inflater);
    }
    setSocket.call(this, socket, head, options);
  }

  override resume(): void {
    super.resume();
    this.#inflater?.goOn();
  }

  override terminate(): void {
    this.#inflater?.end();
    super.terminate();
  }
}
