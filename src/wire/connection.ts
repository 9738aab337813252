import type { DeflateCounts } from '../base/deflate-message.ts';
import type { UpgradeRefusal } from '../base/upgrade-refusal.ts';
import type { ReceivedBytes } from './received-bytes.ts';

/** `raw` needs a plain `ws://` target; `ws` serves every target. */
export type Transport = 'raw' | 'ws';

export interface ConnectionOptions {
  /** Number of the connection among all connections of the run. */
  readonly number: number;
  readonly url: string;
  readonly timeoutMs: number;
  /** Loopback source address for more connections than one address has ports, or undefined. */
  readonly localAddress?: string | undefined;
  /** Accept any TLS certificate; default false. */
  readonly insecure?: boolean;
  /** Where permessage-deflate (RFC 7692) is offered: what counts what it does. Left out where it is not offered. */
  readonly compression?: DeflateCounts | undefined;
  /** Counts what comes; left out where nobody asks. */
  readonly received?: ReceivedBytes | undefined;
}

/**
 * One WebSocket client connection. Complete, masked frames are written straight to its socket, because one write
 * for many frames costs a quarter of one write a frame.
 */
export interface Connection {
  readonly number: number;
  /** When the TCP connect began, monotonic ns. */
  readonly startedNs: number;
  readonly isOpen: boolean;
  /** The relay process behind a load balancer, as the answer to the upgrade says (`X-Relay-Id`); null where it does not. */
  readonly relayId: string | null;
  /** Whether permessage-deflate was negotiated; false until it is open. */
  readonly isCompressed: boolean;
  /** Whether frames as this tool compresses them may be written: negotiated, and with a window that is large enough. */
  readonly takesDeflated: boolean;
  /**
   * Write complete masked frames.
   * @returns false where the kernel's buffer is full: hold further frames until `onDrain`
   */
  write(frames: Buffer): boolean;
  /** Read nothing more until {@link resume}: what comes waits in the kernel, and then at the sender. */
  pause(): void;
  /** Read on. */
  resume(): void;
  /** Close in the proper way (RFC 6455 section 7); no handler is called afterwards. */
  close(): void;
  /** Cut it; no handler is called afterwards. */
  terminate(): void;
}

export interface ConnectionHandlers {
  /** The upgrade is complete; `openedNs` is when. */
  onOpen(connection: Connection, openedNs: number): void;
  /**
   * It could not be opened; `reason` is a short stable word such as `ECONNREFUSED`, `timeout`, `http 503`, `refusal` what
   * stood in the answer to the upgrade, where there was one.
   */
  onFailed(connection: Connection, reason: string, refusal?: UpgradeRefusal): void;
  /** It was open and is gone; `code` is the WebSocket close code (1006 where there was none). */
  onClosed(connection: Connection, code: number): void;
  /** `frame` is valid only during the call. */
  onText(connection: Connection, frame: Buffer): void;
  /** A binary frame: no Nostr message. */
  onBinary(connection: Connection): void;
  /** The socket accepts writes again after {@link Connection.write} returned false. */
  onDrain(connection: Connection): void;
}
