import type { WebSocket } from 'ws';
import type { ReplyFrame } from './event-replies.ts';
import type { WireFilter } from './filter.ts';

/** One accepted connection. */
export interface Client {
  readonly socket: WebSocket;
  /** Live subscriptions by id. */
  readonly subscriptions: Map<string, readonly WireFilter[]>;
  /** Messages received. */
  messages: number;
  /** Of all connections. */
  readonly sent: { messages: number; bytes: number };
}

/** Send a Nostr message as one text frame; nothing where the connection is closing. */
export function sendMessage(client: Client, message: unknown): void {
  sendFrame(client, { kind: 'text', text: JSON.stringify(message) });
}

/** Send one frame in the form that the script asks for; nothing where the connection is closing. */
export function sendFrame(client: Client, frame: ReplyFrame): void {
  const { socket } = client;
  if (socket.readyState !== socket.OPEN) return;
  if (frame.kind === 'text') {
    client.sent.messages++;
    client.sent.bytes += Buffer.byteLength(frame.text);
    socket.send(frame.text);
  } else if (frame.kind === 'binary') socket.send(frame.bytes, { binary: true });
  else if (frame.kind === 'text-bytes') socket.send(frame.bytes, { binary: false });
  else {
    socket.send(frame.parts[0], { fin: false });
    socket.send(frame.parts[1], { fin: true });
  }
}
