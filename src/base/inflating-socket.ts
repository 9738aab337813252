import { type InflateFailure, Inflater, type InflaterOptions } from './deflate-message.ts';

// `ws` inflates in the thread pool, three rounds a message, holds a stream of zlib for each connection, and goes on with what it has
// read while its user is behind. It has no setting for another way, but it asks an object, which it hands to its receiver in
// `setSocket`. Both ends of this tool put theirs in its place there; a test fails where a new version of `ws` does otherwise.

/** The name under which `ws` looks for it. */
const NAME = 'permessage-deflate';
const EMPTY = Buffer.alloc(0);

type Done = (error: Error | null, message?: Buffer) => void;

export interface MessageInflaterOptions extends InflaterOptions {
  /** Whether messages have to wait: asked before each; what waits goes on with {@link MessageInflater.goOn}. */
  readonly mustWait?: () => boolean;
  /** A whole message has come, of so many bytes as they were on the wire; it is inflated next. */
  readonly onMessage?: (wireBytes: number) => void;
  /** A message can't be inflated: the connection has to be closed, see {@link INFLATE_CLOSE_CODES}; then `ws` is told. */
  readonly onFailure: (failure: InflateFailure) => void;
}

/** What `ws` does inflate with, of one connection. What it sends is not compressed by it: this tool writes its own frames. */
export class MessageInflater {
  /** As `ws` asks for what was agreed; of use to it for sending alone. */
  readonly params = {};
  readonly #options: MessageInflaterOptions;
  readonly #inflater: Inflater;
  #frames: Uint8Array[] = [];
  #waiting: (() => void) | null = null;
  #hasEnded = false;
  #isDiscarding = false;

  constructor(options: MessageInflaterOptions) {
    this.#options = options;
    this.#inflater = new Inflater(options);
  }

  /**
   * Called by `ws` with the payload of each frame of a compressed message; it reads no further frame before it is answered.
   * @param isFinal whether the frame ends the message
   */
  decompress(payload: Buffer, isFinal: boolean, done: Done): void {
    this.#frames.push(payload);
    if (!isFinal) {
      queueMicrotask(() => done(null, EMPTY));
      return;
    }
    const [only = EMPTY, ...others] = this.#frames.splice(0);
    const message = others.length === 0 ? only : Buffer.concat([only, ...others]);
    // Never at once: `ws` would go on in the middle of itself.
    const inflate = (): void => queueMicrotask(() => this.#inflate(message, done));
    if (this.#options.mustWait?.() === true) this.#waiting = inflate;
    else inflate();
  }

  /** What has waited goes on. */
  goOn(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.();
  }

  /** The connection is cut: nothing of it is inflated any more, and `ws` does not wait for what would be. */
  end(): void {
    this.#hasEnded = true;
    this.goOn();
  }

  /** From now on nobody wants what comes: messages are taken and not inflated, so that `ws` finds the close frame behind them. */
  discard(): void {
    this.#isDiscarding = true;
  }

  /** Called by `ws` when the connection has ended. */
  cleanup(): void {
    this.#waiting = null;
    this.#frames = [];
  }

  #inflate(payload: Uint8Array, done: Done): void {
    if (this.#hasEnded) {
      done(errorOf('broken'));
      return;
    }
    if (this.#isDiscarding) {
      done(null, EMPTY);
      return;
    }
    this.#options.onMessage?.(payload.length);
    const message = this.#inflater.inflate(payload);
    if (Buffer.isBuffer(message)) {
      done(null, message);
      return;
    }
    this.#options.onFailure(message);
    done(errorOf(message));
  }
}

/**
 * The code (RFC 6455 section 7.4.1) with which a connection ends whose message can't be inflated. `ws` knows it of its own errors
 * alone: whoever does not close with it before `ws` is told sends a close frame without one.
 */
export const INFLATE_CLOSE_CODES: Readonly<Record<InflateFailure, number>> = {
  'too-big': 1009,
  broken: 1007,
};

/** With the codes that `ws` has for the same. */
function errorOf(failure: InflateFailure): Error {
  const code = failure === 'too-big' ? 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' : 'WS_ERR_INVALID_UTF8';
  return Object.assign(new Error(`a compressed message is ${failure}`), { code });
}

interface WithExtensions {
  _extensions: Record<string, MessageInflater>;
}

/** Puts an inflater where `ws` looks for one; to be called in `setSocket`, before that of `ws`. */
export function inflateWith(webSocket: object, inflater: MessageInflater): void {
  (webSocket as WithExtensions)._extensions = { [NAME]: inflater };
}
