import { describe, expect, test } from 'vitest';
import { endOfHead, forwardedHead, relayPlace } from '../../../src/trace/http-head.ts';

function forwarded(lines: readonly string[], url = 'ws://relay.example:7777/') {
  const head = forwardedHead(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), relayPlace(url));
  return head === null
    ? null
    : { lines: head.bytes.toString().trimEnd().split('\r\n'), isUpgrade: head.isUpgrade };
}

const UPGRADE = [
  'GET / HTTP/1.1',
  'Host: 127.0.0.1:7778',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Extensions: permessage-deflate',
  'Sec-WebSocket-Key: abc',
];

describe('a request that is passed on', () => {
  test('names the relay, and asks for no compression', () => {
    expect(forwarded(UPGRADE)).toEqual({
      isUpgrade: true,
      lines: [
        'GET / HTTP/1.1',
        'Host: relay.example:7777',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Key: abc',
      ],
    });
  });

  test('goes to the path of the relay unless it names another, with its credentials', () => {
    const lines = forwarded(UPGRADE, 'ws://me:p%20w@relay.example/nostr?x=1')?.lines ?? [];
    expect(lines[0]).toBe('GET /nostr?x=1 HTTP/1.1');
    expect(lines).toContain(`Authorization: Basic ${Buffer.from('me:p w').toString('base64')}`);
    expect(forwarded(['GET /other HTTP/1.1'])?.lines[0]).toBe('GET /other HTTP/1.1');
  });

  test('is the last of its connection where it asks for no WebSocket', () => {
    expect(forwarded(['GET / HTTP/1.1', 'Accept: application/nostr+json', 'Connection: keep-alive'])).toEqual(
      {
        isUpgrade: false,
        lines: [
          'GET / HTTP/1.1',
          'Host: relay.example:7777',
          'Connection: close',
          'Accept: application/nostr+json',
        ],
      },
    );
  });

  test.each(['GET / HTTP/1.0', 'nonsense', 'GET /'])('%s is none', (line) => {
    expect(forwarded([line])).toBeNull();
  });

  test('ends with an empty line', () => {
    expect(endOfHead(Buffer.from('GET / HTTP/1.1\r\n\r\nrest'))).toBe(18);
    expect(endOfHead(Buffer.from('GET / HTTP/1.1\r\n'))).toBeLessThan(0);
  });
});

describe('the place of a relay', () => {
  test.each([
    ['wss://relay.example', { host: 'relay.example', port: 443, isTls: true, path: '/' }],
    ['ws://[::1]:7777/x', { host: '::1', port: 7_777, isTls: false, path: '/x', authority: '[::1]:7777' }],
  ])('%s', (url, place) => {
    expect(relayPlace(url)).toMatchObject(place);
  });
});
