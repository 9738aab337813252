import { Argument, type Command } from 'commander';
import { ACTION_NAMES } from '../../fault/form/actions.ts';
import { listBuiltins } from '../../scenario/load.ts';
import { STACK_PROFILES } from '../../stack/topology.ts';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { type CompletedCommand, completionTree, type Known, type KnownWords } from '../completion/tree.ts';
import { zshCompletion } from '../completion/zsh.ts';
import type { CommandHost } from '../host.ts';

const SHELLS: ReadonlyMap<string, (root: CompletedCommand) => string> = new Map([
  ['bash', bashCompletion],
  ['zsh', zshCompletion],
  ['fish', fishCompletion],
]);

/** `completion`: a script that makes a shell complete commands, options and what they take. */
export function addCompletion(program: Command, host: CommandHost): void {
  program
    .command('completion')
    .description('print a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'the shell that reads it').choices([...SHELLS.keys()]))
    .action(async (shell: string) => {
      const root = completionTree(program, await knownWords());
      host.io.stdout.write(SHELLS.get(shell)?.(root) ?? '');
    });
}

/** What arguments of these names take. */
async function knownWords(): Promise<KnownWords> {
  const scenarios = { words: (await listBuiltins()).map(({ name }) => name), files: true };
  return new Map<string, Known>([
    ['scenario', scenarios],
    ['profile', { words: STACK_PROFILES, files: false }],
    ['action', { words: ACTION_NAMES, files: false }],
  ]);
}
