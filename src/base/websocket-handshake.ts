// The client's side of the opening handshake. The null relay has its own answer: a yardstick shares nothing with what it
// measures, and one that shared this would agree with any mistake in it.

import { createHash, randomBytes } from 'node:crypto';

/** RFC 6455 section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** A fresh `Sec-WebSocket-Key`: 16 random bytes as base64 (RFC 6455 section 4.1). */
export function newWebSocketKey(): string {
  return randomBytes(16).toString('base64');
}

/** The `Sec-WebSocket-Accept` that answers a key (RFC 6455 section 4.2.2). */
export function acceptOf(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64');
}

/** The header fields of a client's opening handshake besides `Host` (RFC 6455 section 4.1), without extensions. */
export function upgradeFields(key: string): Readonly<Record<string, string>> {
  return {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': key,
    'Sec-WebSocket-Version': '13',
  };
}

/** Header fields as lines of HTTP/1.1, without the end of the last one. */
export function headerLines(fields: Readonly<Record<string, string>>): string[] {
  return Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
}
