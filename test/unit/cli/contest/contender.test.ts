import { describe, expect, test } from 'vitest';
import { contender, namedContender } from '../../../../src/cli/contest/contender.ts';

describe('a contender', () => {
  test('is an address or a command that is told its port', () => {
    expect(namedContender('strfry=ws://127.0.0.1:7777')).toEqual({
      name: 'strfry',
      url: 'ws://127.0.0.1:7777/',
      command: null,
    });
    expect(namedContender('mine=./relay --port {port} --db={dir}')).toEqual({
      name: 'mine',
      url: null,
      command: './relay --port {port} --db={dir}',
    });
  });

  test.each(['ws://127.0.0.1:7777', '=ws://127.0.0.1:1', '../x=ws://127.0.0.1:1', 'a b=ws://127.0.0.1:1'])(
    '%s has no name',
    (text) => {
      expect(() => namedContender(text)).toThrow(expect.objectContaining({ code: 'CONTENDER_INVALID' }));
    },
  );

  test('without a port is refused, and no password is repeated', () => {
    expect(() => contender('base', './relay')).toThrow(/neither a relay address nor a command with \{port\}/);
    expect(() => contender('base', 'http://me:secret@host')).toThrow(/^(?!.*secret)/);
  });

  test('without a name, whose environment reads like one, is refused', () => {
    expect(() => namedContender('PORT={port} ./relay')).toThrow(
      expect.objectContaining({ code: 'CONTENDER_INVALID' }),
    );
    expect(namedContender('mine=PORT={port} ./relay').command).toBe('PORT={port} ./relay');
  });
});
