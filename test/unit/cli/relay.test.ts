import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { addRelay } from '../../../src/cli/commands/relay.ts';
import type { CommandHost } from '../../../src/cli/host.ts';
import { parseRelayOptions } from '../../../src/relay/options.ts';

const DOCS = readFileSync(new URL('../../../docs/relay.md', import.meta.url), 'utf8');
/** Of the conformance script and of `run`, which the page also shows. */
const FOREIGN = ['--relay', '--relay-metrics'];

function relayCommand(): Command {
  const program = new Command();
  addRelay(program, {} as CommandHost);
  const [command] = program.commands;
  if (command === undefined) throw new Error('there is no command');
  return command;
}

describe('the command `relay`', () => {
  test('takes every flag that docs/relay.md names', () => {
    const documented = new Set(DOCS.match(/(?<![\w-])--[a-z][a-z-]*/g));
    for (const flag of FOREIGN) documented.delete(flag);
    const known = relayCommand().options.map(({ long }) => long);
    expect(documented.size).toBeGreaterThan(30);
    expect([...documented].filter((flag) => !known.includes(flag))).toEqual([]);
  });

  test('has no flag that docs/relay.md does not name or the relay program does not take', () => {
    const undocumented = ['--host'];
    for (const { long, required } of relayCommand().options) {
      const flag = long ?? '';
      if (!undocumented.includes(flag)) expect(DOCS).toContain(flag);
      const take = () => parseRelayOptions(required ? [flag, '1'] : [flag]);
      // A value may be refused, a flag may not.
      expect(() => {
        try {
          take();
        } catch (error) {
          if (String(error).includes('Unknown option')) throw error;
        }
      }, flag).not.toThrow();
    }
  });

  test('takes the default of a limit in bytes', () => {
    const command = relayCommand().action(() => undefined);
    command.parse(['--max-backlog-bytes', String(32 * 2 ** 20)], { from: 'user' });
    expect(command.opts()['maxBacklogBytes']).toBe(32 * 2 ** 20);
  });
});
