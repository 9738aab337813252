import { describe, expect, it } from 'vitest';
import { maskUrl } from '../../../src/base/mask-url.ts';

describe('maskUrl', () => {
  it.each([
    ['ws://127.0.0.1:7777', 'ws://127.0.0.1:7777/'],
    ['wss://user:secret@relay.example/a', 'wss://***@relay.example/a'],
    ['wss://token@relay.example/', 'wss://***@relay.example/'],
    ['wss://relay.example/a?key=secret', 'wss://relay.example/a?***'],
    ['wss://relay.example/#secret', 'wss://relay.example/'],
    ['127.0.0.1:7777', '127.0.0.1:7777'],
    ['ws://me:se@cret@host:99999/a?key=secret#x', 'ws://***@host:99999/a?***'],
    ['me:secret@host name', '***@host name'],
  ])('turns %s into %s', (url, masked) => {
    expect(maskUrl(url)).toBe(masked);
  });
});
