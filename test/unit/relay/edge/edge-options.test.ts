import { describe, expect, it } from 'vitest';
import { parseRelayOptions } from '../../../../src/relay/options.ts';

function edgeOf(flags: string) {
  return parseRelayOptions(flags.split(' ')).edge;
}

describe('the flags of an edge', () => {
  it('make no edge unless they are given', () => {
    expect(parseRelayOptions([]).edge).toBeNull();
    expect(edgeOf('--role relay')).toBeNull();
  });

  it('name the origin', () => {
    expect(edgeOf('--role edge --origin ws://127.0.0.1:7777')).toEqual({
      origin: 'ws://127.0.0.1:7777',
      maxStaleS: 30,
    });
    expect(edgeOf('--role edge --origin wss://a.example --max-stale-s 600')).toMatchObject({
      maxStaleS: 600,
    });
  });

  it.each([
    ['--role other', '--role "other" is unknown'],
    ['--role edge', '--role edge needs an origin'],
    ['--role edge --origin http://u:pw@a.example', '--origin "http://***@a.example" is not a ws://'],
    [
      '--role edge --origin ws://a.example --max-stale-s 4',
      '--max-stale-s "4" is not a number of seconds from 5 on',
    ],
    [
      '--role edge --origin ws://a.example --store postgres://b/c',
      '--store and --role edge exclude each other',
    ],
    ['--role edge --origin ws://a.example --cache l1', '--cache and --role edge exclude each other'],
    ['--origin ws://a.example', '--origin needs --role edge'],
    ['--max-stale-s 7', '--max-stale-s needs --role edge'],
  ])('refuse %s', (flags, message) => {
    expect(() => edgeOf(flags)).toThrow(message);
  });
});
