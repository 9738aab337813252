import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../../src/relay/limits/limits.ts';
import { parseRelayOptions } from '../../../src/relay/options.ts';

describe('the flags of the relay', () => {
  it('have defaults for everything', () => {
    expect(parseRelayOptions([])).toMatchObject({
      host: '127.0.0.1',
      port: 0,
      store: 'memory',
      memoryLimitBytes: 512 * 2 ** 20,
      verify: true,
      verifier: 'auto',
      limits: DEFAULT_LIMITS,
      compression: false,
      exitWithParent: false,
    });
    expect(parseRelayOptions([]).verifyWorkers).toBeGreaterThanOrEqual(1);
  });

  it('are read', () => {
    const args =
      '--host ::1 --port 7777 --memory-limit 2GB --no-verify --verify-workers 3 --max-limit 7 --compression --exit-with-parent';
    expect(parseRelayOptions(args.split(' '))).toMatchObject({
      host: '::1',
      port: 7_777,
      memoryLimitBytes: 2 * 2 ** 30,
      verify: false,
      verifyWorkers: 3,
      limits: { ...DEFAULT_LIMITS, maxLimit: 7 },
      compression: true,
      exitWithParent: true,
    });
  });

  it.each(['auto', 'native', 'wasm'])('may ask for the verifier %s', (verifier) => {
    expect(parseRelayOptions(['--verifier', verifier])).toMatchObject({ verifier, verify: true });
  });

  it('may name several public URLs and proxies', () => {
    const args =
      '--public-url wss://a.example --public-url ws://b.example:7 --trust-proxy 10.0.0.0/8 --trust-proxy ::1';
    expect(parseRelayOptions([...args.split(' '), '--open-gift-wraps'])).toMatchObject({
      publicUrls: ['wss://a.example', 'ws://b.example:7'],
      trustedProxies: ['10.0.0.0/8', '::1'],
      hidesGiftWraps: false,
    });
  });

  it.each([
    ['5', 5],
    ['3KB', 3_072],
    ['3MB', 3 * 2 ** 20],
  ])('take %s as a size', (text, bytes) => {
    expect(parseRelayOptions(['--memory-limit', text]).memoryLimitBytes).toBe(bytes);
  });

  it.each([
    [['--bogus'], /--bogus/],
    [['extra'], /extra/],
    [['--port'], /--port/],
    [['--port', 'x'], '--port "x" is not a whole number'],
    [['--port', '65536'], '--port "65536" is above 65535'],
    [['--max-limit', '-1'], /--max-limit/],
    [['--max-limit', '1.5'], '--max-limit "1.5" is not a whole number'],
    [['--memory-limit', '5TB'], '--memory-limit "5TB" is not a size'],
    [['--memory-limit', ''], '--memory-limit "" is not a size'],
    [['--memory-limit', '999999GB'], /--memory-limit 999999GB is more than the heap/],
    [['--store', 'disk'], '--store "disk" is unknown'],
    [['--public-url', 'https://x'], '--public-url "https://x" is not a ws:// or wss:// URL'],
    [['--trust-proxy', 'localhost'], '--trust-proxy "localhost" is not an address or network'],
    [['--verifier', 'fast'], '--verifier "fast" is unknown'],
    [['--verifier', 'wasm', '--no-verify'], '--verifier and --no-verify exclude each other'],
    [['--verify-workers', '0'], '--verify-workers must be at least 1'],
  ])('%j are refused', (args, message) => {
    expect(() => parseRelayOptions(args)).toThrow(message);
  });
});
