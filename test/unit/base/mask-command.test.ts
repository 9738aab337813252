import { expect, test } from 'vitest';
import { maskCommand } from '../../../src/base/mask-command.ts';

test.each([
  [
    'the userinfo of an address',
    './relay --db postgres://me:hunter2@db/x --port {port}',
    './relay --db postgres://***@db/x --port {port}',
  ],
  ['the value of a variable', 'DB_PASSWORD=hunter2 ./relay {port}', 'DB_PASSWORD=*** ./relay {port}'],
  ['a quoted value', "./relay --token 'hunter2 too' {port}", './relay --token *** {port}'],
  ['the value behind an option', './relay --api-key=hunter2 {port}', './relay --api-key=*** {port}'],
  ['a private key', './relay --as nsec1qqqq9 {port}', './relay --as nsec1*** {port}'],
])('a command is shown without %s', (_, command, shown) => {
  expect(maskCommand(command)).toBe(shown);
});

test('a command without secrets is shown as it is', () => {
  const command = `sh -c 'cd "{dir}" && exec node relay.mjs --port {port} --no-token --verbose'`;
  expect(maskCommand(command)).toBe(command);
});
