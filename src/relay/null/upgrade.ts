import { acceptFields, headerLines } from '../../base/websocket-handshake.ts';

const NIP11 = JSON.stringify({
  name: 'relay-bench null relay',
  description: 'acknowledges every event and stores none: the yardstick of a load generator',
  supported_nips: [1, 11],
});

/** The answer to a request head, and whether the connection is a WebSocket afterwards. */
export interface UpgradeAnswer {
  readonly response: string;
  readonly upgraded: boolean;
}

/** Answer one HTTP request head: 101 to a WebSocket upgrade, the NIP-11 document to anything else. */
export function answerUpgrade(head: string): UpgradeAnswer {
  const key = /^sec-websocket-key:[ \t]*(\S+)[ \t]*$/im.exec(head)?.[1];
  if (key === undefined) {
    const lines = [
      'HTTP/1.1 200 OK',
      'Content-Type: application/nostr+json',
      `Content-Length: ${Buffer.byteLength(NIP11)}`,
      'Connection: close',
    ];
    return { response: `${lines.join('\r\n')}\r\n\r\n${NIP11}`, upgraded: false };
  }
  const lines = ['HTTP/1.1 101 Switching Protocols', ...headerLines(acceptFields(key))];
  return { response: `${lines.join('\r\n')}\r\n\r\n`, upgraded: true };
}
