import { describe, expect, test } from 'vitest';
import { isRelayCommand, shellText } from '../../../src/stack/command-text.ts';

const PLACES = { port: 7_001, dir: '/tmp/of it' };
const text = (command: string): string => shellText(command, PLACES);

describe('the command of a relay', () => {
  test('must be told its port', () => {
    expect(isRelayCommand('./relay --port {port}')).toBe(true);
    expect(isRelayCommand('./relay')).toBe(false);
  });

  test('has its port and directory wherever it asks for them', () => {
    expect(text('./relay -p {port} --also {port} --db "{dir}/db"')).toBe(
      'exec ./relay -p 7001 --also 7001 --db "/tmp/of it/db"',
    );
  });

  test.each(['./relay {port}', `sh -c 'cd /x && ./relay {port}'`, 'node -e "a(); b(\\"{port}\\")"'])(
    '%s is one program, which takes the place of the shell',
    (command) => {
      expect(text(command)).toMatch(/^exec /);
    },
  );

  test.each([
    'PORT={port} ./relay',
    'cd /x && ./relay {port}',
    './relay {port} > log',
    'exec ./relay {port}',
    './relay {port} | tee log',
    './relay $(echo {port})',
  ])('%s is for the shell', (command) => {
    expect(text(command)).not.toMatch(/^exec (?!\.\/relay 7001$)/);
  });
});
