import type { Connection, ConnectionHandlers, ConnectionOptions, Transport } from './connection.ts';
import { RawConnection } from './raw/raw-connection.ts';
import { WsConnection } from './ws-connection.ts';

/** Begin to open a connection. */
export function openConnection(
  transport: Transport,
  options: ConnectionOptions,
  handlers: ConnectionHandlers,
): Connection {
  return transport === 'raw' ? new RawConnection(options, handlers) : new WsConnection(options, handlers);
}

/** The cheapest transport that can serve this URL. */
export function transportFor(url: string): Transport {
  return url.startsWith('ws://') ? 'raw' : 'ws';
}
