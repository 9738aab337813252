import { createHash } from 'node:crypto';

/** RFC 6455, 1.3. */
const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
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
  const accept = createHash('sha1').update(`${key}${WEBSOCKET_GUID}`).digest('base64');
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${accept}`,
  ];
  return { response: `${lines.join('\r\n')}\r\n\r\n`, upgraded: true };
}
