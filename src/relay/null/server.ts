import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { NullConnection, type NullRelayState } from './connection.ts';
import { EventIdFinder } from './event-id.ts';
import { FanOut } from './fan-out.ts';
import { emptyFrame } from './frame.ts';
import { ReplyBuffer } from './reply-buffer.ts';
import { storedEvents } from './stored.ts';

export interface NullRelayOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** Stored events that answer every REQ, before its EOSE. */
  readonly stored: number;
  /** Whether every event goes to every open subscription, whatever its filters say. */
  readonly fanOut: boolean;
  /** Certificate and key in PEM: the relay then speaks TLS only. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer } | undefined;
}

export interface NullRelay {
  readonly port: number;
  /** Stop listening and drop every connection. */
  stop(): Promise<void>;
}

/**
 * Start the null relay on 127.0.0.1: every EVENT is acknowledged at once, every REQ gets the stored events and
 * EOSE, nothing is checked or kept. It shows what the generator itself can do, so it answers
 * all messages of one read in one write and unmasks only the bytes that it needs.
 */
export async function startNullRelay(options: NullRelayOptions): Promise<NullRelay> {
  const state: NullRelayState = {
    frame: emptyFrame(),
    replies: new ReplyBuffer(),
    ids: new EventIdFinder(),
    stored: storedEvents(options.stored),
    fanOut: options.fanOut ? new FanOut() : null,
  };
  const sockets = new Set<Socket>();
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      state.fanOut?.drop(socket);
    });
    // A reset by the peer also emits `close`; there is nobody to tell.
    socket.on('error', () => socket.destroy());
    const connection = new NullConnection(socket, state);
    socket.on('data', (chunk: Buffer) => connection.onData(chunk));
  };
  const server =
    options.tls === undefined
      ? createServer({ noDelay: true }, accept)
      : createTlsServer({ ...options.tls, noDelay: true }, accept);
  const port = await listen(server, options.port);
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', backlog: 4_096 }, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
