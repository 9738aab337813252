import { describe, expect, test } from 'vitest';
import { wantsColour } from '../../../src/cli/colour.ts';

const stream = (isTTY: boolean) => ({ isTTY, write: () => true, on: () => undefined });

describe('colour', () => {
  test.each([
    { it: 'the flag wins over NO_COLOR', flag: true, env: { NO_COLOR: '1' }, tty: false, coloured: true },
    {
      it: 'the negative flag wins over FORCE_COLOR',
      flag: false,
      env: { FORCE_COLOR: '1' },
      tty: true,
      coloured: false,
    },
    {
      it: 'NO_COLOR wins over FORCE_COLOR',
      env: { NO_COLOR: '1', FORCE_COLOR: '1' },
      tty: true,
      coloured: false,
    },
    { it: 'an empty NO_COLOR says nothing', env: { NO_COLOR: '' }, tty: true, coloured: true },
    { it: 'FORCE_COLOR colours a pipe', env: { FORCE_COLOR: '1' }, tty: false, coloured: true },
    { it: 'FORCE_COLOR=0 takes it from a terminal', env: { FORCE_COLOR: '0' }, tty: true, coloured: false },
    { it: 'a terminal is coloured', env: {}, tty: true, coloured: true },
    { it: 'a pipe is not', env: {}, tty: false, coloured: false },
    { it: 'a dumb terminal is not', env: { TERM: 'dumb' }, tty: true, coloured: false },
  ])('$it', ({ flag, env, tty, coloured }) => {
    expect(wantsColour(flag, env, stream(tty))).toBe(coloured);
  });
});
