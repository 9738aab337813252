import { describe, expect, it } from 'vitest';
import { httpAddress, listenAddress } from '../../../../src/cli/run/telemetry-flags.ts';

describe('an address to listen at', () => {
  it.each([
    ['9464', '127.0.0.1', 9_464],
    ['0', '127.0.0.1', 0],
    ['0.0.0.0:9464', '0.0.0.0', 9_464],
    ['localhost:1', 'localhost', 1],
    ['[::1]:9464', '::1', 9_464],
  ])('%s is host %s, port %d', (text, host, port) => {
    expect(listenAddress(text)).toEqual({ host, port });
  });

  it.each(['', 'x', ':9464', '65536', '1.2.3.4', '::1:9464', 'http://127.0.0.1:9464', '-1', '127.0.0.1:'])(
    '%j is none, which is said in one line',
    (text) => {
      expect(() => listenAddress(text)).toThrow(
        expect.objectContaining({ code: 'METRICS_ADDRESS_INVALID', exitCode: 2, hint: undefined }),
      );
    },
  );
});

describe('an address over HTTP', () => {
  it('is kept with its secrets', () => {
    expect(httpAddress('--otlp')('https://me:s@otel:4318/x?k=v')).toBe('https://me:s@otel:4318/x?k=v');
  });

  it.each(['', 'gateway:9091', 'ws://127.0.0.1', 'http://127.0.0.1:0/'])('%j is none', (text) => {
    expect(() => httpAddress('--otlp')(text)).toThrow(
      expect.objectContaining({ code: 'HTTP_URL_INVALID', exitCode: 2 }),
    );
  });

  it('is refused without the secrets in it', () => {
    expect(() => httpAddress('--pushgateway')('ftp://me:secret@gw/?token=hidden')).toThrow(
      '--pushgateway ftp://***@gw/?*** is no address over HTTP',
    );
  });
});
