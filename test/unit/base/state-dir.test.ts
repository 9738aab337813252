import { describe, expect, it } from 'vitest';
import { stateDir } from '../../../src/base/state-dir.ts';

describe('stateDir', () => {
  it('lies below XDG_STATE_HOME', () => {
    expect(stateDir({ XDG_STATE_HOME: '/var/state' }, '/home/me')).toBe('/var/state/relay-bench');
  });

  it.each([{}, { XDG_STATE_HOME: '' }, { XDG_STATE_HOME: 'relative/path' }])(
    'is the default of the specification for %o',
    (env) => {
      expect(stateDir(env, '/home/me')).toBe('/home/me/.local/state/relay-bench');
    },
  );
});
