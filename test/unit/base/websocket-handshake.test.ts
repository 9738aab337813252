import { describe, expect, it } from 'vitest';
import {
  acceptOf,
  headerLines,
  newWebSocketKey,
  upgradeFields,
} from '../../../src/base/websocket-handshake.ts';

/** The example of RFC 6455 section 1.3. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

describe('the handshake of RFC 6455', () => {
  it('answers the key of its example with the value of its example', () => {
    expect(acceptOf(KEY)).toBe(ACCEPT);
  });

  it('has keys of 16 random bytes', () => {
    expect(Buffer.from(newWebSocketKey(), 'base64')).toHaveLength(16);
    expect(newWebSocketKey()).not.toBe(newWebSocketKey());
  });

  it('asks with the fields of its section 4.1', () => {
    expect(headerLines(upgradeFields(KEY))).toEqual([
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Key: ${KEY}`,
      'Sec-WebSocket-Version: 13',
    ]);
  });
});
