import type { Duplex } from 'node:stream';
import WebSocket, { type ClientOptions } from 'ws';
import type { DeflateCounts } from '../base/deflate-message.ts';
import { inflateWith, MessageInflater } from '../base/inflating-socket.ts';
import { type DeflateTerms, deflateTerms } from '../base/permessage-deflate.ts';
import { inflaterOptions } from './deflate-terms.ts';

/** The method of `ws` that its types leave out: the handshake is over, and frames come from now on. */
type SetSocket = (this: WebSocket, socket: Duplex, head: Buffer, options: object) => void;
const { setSocket } = WebSocket.prototype as unknown as { readonly setSocket: SetSocket };

/** A client of `ws` whose messages are inflated as those of the raw transport are, and counted as they are. */
export class InflatingWebSocket extends WebSocket {
  /** What was agreed with the server; null where nothing is compressed. */
  terms: DeflateTerms | null = null;
  readonly #counts: DeflateCounts | undefined;

  /** @param counts where permessage-deflate is offered */
  constructor(url: string, counts: DeflateCounts | undefined, options: ClientOptions) {
    // The offer is that of the raw transport: `ws` adds `client_max_window_bits` by itself.
    super(url, {
      ...options,
      perMessageDeflate: counts === undefined ? false : { clientNoContextTakeover: true },
    });
    this.#counts = counts;
    this.on('upgrade', ({ headers }) => {
      const header = headers['sec-websocket-extensions'];
      if (counts !== undefined && header !== undefined) this.terms = deflateTerms(header);
    });
  }

  /** Called by `ws`, which has checked that the server accepts nothing but what was offered. */
  setSocket(socket: Duplex, head: Buffer, options: object): void {
    if (this.terms !== null && this.#counts !== undefined) {
      inflateWith(this, new MessageInflater(inflaterOptions(this.terms, this.#counts)));
    }
    setSocket.call(this, socket, head, options);
  }
}
