import WebSocket from 'ws';
import { messageOf } from '../../base/errors.ts';

/** What an edge hears of a connection to its origin. Nothing comes after `closed`, which comes once. */
export interface LinkListener {
  readonly opened: () => void;
  /** One text message. */
  readonly received: (text: string) => void;
  /** The answer to a ping. */
  readonly ponged: () => void;
  /** It has ended, or could not be opened. */
  readonly closed: (reason: string) => void;
}

/** A connection to the origin. */
export interface OriginLink {
  /** Sends one text message; does nothing where it is not open. */
  readonly send: (text: string) => void;
  /** Asks for a sign of life. */
  readonly ping: () => void;
  /** Ends it at once; the listener hears nothing more. */
  readonly end: () => void;
}

/** Bytes of messages on all connections to an origin, without their frames. */
export interface OriginTraffic {
  received: number;
  sent: number;
}

/** Opens a connection to the origin. */
export type OpenLink = (listener: LinkListener) => OriginLink;

/** An event of the largest size that relays take, several times over. */
const MESSAGE_BYTES_MAX = 16 * 2 ** 20;
const HANDSHAKE_MS = 5_000;

/** Connections to a relay by WebSocket. @param traffic what they carry is added up there */
export function webSocketLinks(url: string, traffic: OriginTraffic): OpenLink {
  return (listener) => {
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      maxPayload: MESSAGE_BYTES_MAX,
      handshakeTimeout: HANDSHAKE_MS,
      followRedirects: false,
    });
    let hasEnded = false;
    let failure: string | null = null;
    socket.on('open', () => {
      if (!hasEnded) listener.opened();
    });
    socket.on('message', (data, isBinary) => {
      traffic.received += (data as Buffer).length;
      if (!hasEnded && !isBinary) listener.received((data as Buffer).toString('utf8'));
    });
    socket.on('pong', () => {
      if (!hasEnded) listener.ponged();
    });
    // Its end follows, and tells why. It is listened to for as long as the socket is there.
    socket.on('error', (error) => {
      failure = messageOf(error);
    });
    socket.on('close', (code) => {
      if (hasEnded) return;
      hasEnded = true;
      listener.closed(failure ?? `the connection was closed (${code})`);
    });
    return {
      send: (text) => {
        if (socket.readyState !== WebSocket.OPEN) return;
        traffic.sent += Buffer.byteLength(text);
        socket.send(text);
      },
      ping: () => {
        if (socket.readyState === WebSocket.OPEN) socket.ping();
      },
      end: () => {
        hasEnded = true;
        socket.terminate();
      },
    };
  };
}
