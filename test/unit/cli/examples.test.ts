import { describe, expect, test } from 'vitest';
import { EXAMPLES } from '../../../src/cli/examples.ts';
import { main } from '../../../src/cli/main.ts';
import { FakeProcess } from '../../support/fake-process.ts';

async function helpOf(words: readonly string[]): Promise<string> {
  const process = new FakeProcess([...words, '--help']);
  await main(process);
  return process.stdout.text;
}

/** The words that reach every command that does something itself. */
async function commandsBelow(path: readonly string[]): Promise<string[]> {
  const [, listed = ''] = (await helpOf(path)).split('\nCommands:\n');
  const names = [...listed.matchAll(/^ {2}([a-z]+)(?: \[| <| {2,}|$)/gm)].map(([, name]) => name ?? '');
  const children = names.filter((name) => name !== 'help');
  if (children.length === 0) return [path.join(' ')];
  const below = await Promise.all(children.map((name) => commandsBelow([...path, name])));
  return below.flat();
}

describe('examples in the help', () => {
  test('every command has some, and there are none for others', async () => {
    expect([...EXAMPLES.keys()].sort()).toEqual((await commandsBelow([])).sort());
  });

  test.each([...EXAMPLES])('the help of %s ends with them', async (command, lines) => {
    const help = await helpOf(command.split(' '));
    const shown = help
      .split(/\nExamples?:\n/)[1]
      ?.trimEnd()
      .split('\n');
    expect(shown).toHaveLength(lines.length);
    for (const [at, line] of lines.entries()) expect(shown?.[at]).toContain(line);
  });

  test.each([...EXAMPLES])('those of %s have only options that exist', async (command, lines) => {
    const help = await helpOf(command.split(' '));
    for (const line of lines) {
      expect(line).toContain(command);
      for (const [option] of line.matchAll(/--[a-z-]+/g)) expect(help).toMatch(new RegExp(`${option}[ ,]`));
    }
  });
});
