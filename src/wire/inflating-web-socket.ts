import type { Duplex } from 'node:stream';
import WebSocket, { type ClientOptions, type RawData } from 'ws';
import type { DeflateCounts } from '../base/deflate-message.ts';
import { INFLATE_CLOSE_CODES, inflateWith, MessageInflater } from '../base/inflating-socket.ts';
import { type DeflateTerms, deflateTerms } from '../base/permessage-deflate.ts';
import { inflaterOptions } from './deflate-terms.ts';
import type { ReceivedBytes } from './received-bytes.ts';

/** The method of `ws` that its types leave out: the handshake is over, and frames come from now on. */
type SetSocket = (this: WebSocket, socket: Duplex, head: Buffer, options: object) => void;
const { setSocket } = WebSocket.prototype as unknown as { readonly setSocket: SetSocket };

/** A client of `ws` whose messages are inflated as those of the raw transport are, and counted as they are. */
export class InflatingWebSocket extends WebSocket {
  /** What was agreed with the server; null where nothing is compressed. */
  terms: DeflateTerms | null = null;
  /** Whether the server has accepted what was not offered, or what makes no sense: the connection fails (RFC 6455 section 4.1). */
  isUnfit = false;
  readonly #counts: DeflateCounts | undefined;
  readonly #received: ReceivedBytes;
  #inflater: MessageInflater | null = null;
  /** Whether the message that `ws` hands over next was counted when it came, compressed. */
  #isCounted = false;

  /**
   * @param counts where permessage-deflate is offered
   * @param received counts whole messages, as they were on the wire
   */
  constructor(
    url: string,
    counts: DeflateCounts | undefined,
    received: ReceivedBytes,
    options: ClientOptions,
  ) {
    // The offer is that of the raw transport: `ws` adds `client_max_window_bits` by itself.
    super(url, {
      ...options,
      perMessageDeflate: counts === undefined ? false : { clientNoContextTakeover: true },
    });
    this.#counts = counts;
    this.#received = received;
    this.on('message', (data: RawData) => this.#count(data as Buffer));
    this.on('upgrade', ({ headers }) => {
      const header = headers['sec-websocket-extensions'];
      if (counts === undefined || header === undefined) return;
      this.terms = deflateTerms(header);
      this.isUnfit = this.terms === null;
    });
  }

  /** Called by `ws`. */
  setSocket(socket: Duplex, head: Buffer, options: object): void {
    if (this.terms !== null && this.#counts !== undefined) {
      this.#inflater = new MessageInflater({
        ...inflaterOptions(this.terms, this.#counts),
        onMessage: (wireBytes) => {
          this.#received.messages += wireBytes;
          this.#isCounted = true;
        },
        onFailure: (failure) => this.close(INFLATE_CLOSE_CODES[failure]),
      });
      inflateWith(this, this.#inflater);
    }
    setSocket.call(this, socket, head, options);
  }

  /** From now on nothing is inflated, and nothing counted, as on the raw transport. Called by `ws`, too, when the server closes. */
  override close(code?: number, reason?: string | Buffer): void {
    this.#inflater?.discard();
    super.close(code, reason);
  }

  #count(message: Buffer): void {
    if (!this.#isCounted && this.readyState === WebSocket.OPEN) this.#received.messages += message.length;
    this.#isCounted = false;
  }
}
