import { describe, expect, it } from 'vitest';
import { maskUrl } from '../../../src/base/mask-url.ts';

describe('maskUrl', () => {
  it.each([
    ['ws://127.0.0.1:7777', 'ws://127.0.0.1:7777/'],
    ['wss://user:secret@relay.example/a', 'wss://***@relay.example/a'],
    ['wss://token@relay.example/', 'wss://***@relay.example/'],
    ['wss://relay.example/a?key=secret', 'wss://relay.example/a?***'],
    ['wss://relay.example/#secret', 'wss://relay.example/'],
    ['not a url with secret', '(unreadable URL)'],
  ])('turns %s into %s', (url, masked) => {
    expect(maskUrl(url)).toBe(masked);
  });
});
