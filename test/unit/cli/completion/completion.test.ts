import { spawnSync } from 'node:child_process';
import { Command } from 'commander';
import { beforeAll, describe, expect, test } from 'vitest';
import { bashCompletion } from '../../../../src/cli/completion/bash.ts';
import { fishCompletion } from '../../../../src/cli/completion/fish.ts';
import { quoted, shortDescription } from '../../../../src/cli/completion/quote.ts';
import { completionTree } from '../../../../src/cli/completion/tree.ts';
import { zshCompletion } from '../../../../src/cli/completion/zsh.ts';
import { main } from '../../../../src/cli/main.ts';
import { FakeProcess } from '../../../support/fake-process.ts';

async function scriptFor(shell: string): Promise<string> {
  const process = new FakeProcess(['completion', shell]);
  expect(await main(process)).toBe(0);
  return process.stdout.text;
}

/** Command lines and what bash offers at their end. */
const TYPED: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ['ru', ['run']],
  ['stack fault ki', ['kill']],
  ['stack fault kill ', []],
  ['run --prog', ['--progress']],
  ['run --progress ', ['auto', 'tty', 'plain', 'json', 'none']],
  // bash takes words apart at `=` and `:`.
  ['run --format = j', ['json', 'junit']],
  ['run --format =', ['terminal', 'json', 'html', 'md', 'junit', 'openmetrics', 'hgrm', 'hlog']],
  ['run --relay a = ws : //127.0.0.1 : 7777 qui', ['quick']],
  ['--color run --stack ', ['single', 'scaled', 'edge']],
  ['report package-lo', ['package-lock.json']],
  ['compare package.json package-lo', ['package-lock.json']],
  ['run --out scri', ['scripts']],
  ['run --seed ', []],
  ['scenarios show visib', ['visibility']],
  ['completion ', ['bash', 'zsh', 'fish']],
];

describe('completion in bash', () => {
  let offered: readonly string[] = [];
  beforeAll(async () => {
    const calls = TYPED.map(
      ([line]) => `COMP_WORDS=(relay-bench ${line
        .split(' ')
        .map((word) => quoted(word))
        .join(' ')})
COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 )); _relay_bench; echo "\${COMPREPLY[*]}"`,
    );
    // Exists only while bash completes.
    const script = `set -u\ncompopt() { :; }\n${await scriptFor('bash')}\n${calls.join('\n')}`;
    const { stdout, stderr } = spawnSync('bash', ['--norc'], { input: script, encoding: 'utf8' });
    expect(stderr).toBe('');
    offered = stdout.split('\n');
  });

  test.each(TYPED.map(([line, words], at) => ({ line, words, at })))('relay-bench $line', ({ words, at }) => {
    expect(offered[at]?.split(' ').filter((word) => word !== '')).toEqual(words);
  });
});

describe('completion', () => {
  test.each(['bash', 'zsh', 'fish'])('in %s knows every command and option', async (shell) => {
    const script = await scriptFor(shell);
    const process = new FakeProcess(['run', '--help']);
    await main(process);
    for (const [, option = ''] of process.stdout.text.matchAll(/^ {2}(?:-\w, )?--([a-z-]+)/gm))
      expect(script).toContain(shell === 'fish' ? `-l ${option} ` : `--${option}`);
    for (const command of ['versus', 'completion', 'explain']) expect(script).toContain(command);
  });

  test('for a shell that nobody knows is a usage error', async () => {
    const process = new FakeProcess(['completion', 'tcsh']);
    expect(await main(process)).toBe(2);
    expect(process.stderr.text).toContain('Allowed choices are bash, zsh, fish');
  });
});

/** A program with a description that a shell would take for something else. */
const HOSTILE = completionTree(
  new Command('program').addCommand(
    new Command('do').description("it's $(touch x) `touch y`").option('-n, --now <time>', "don't wait"),
  ),
  new Map(),
);

describe('what shells read', () => {
  test.each([
    ['zsh', zshCompletion],
    ['fish', fishCompletion],
  ])('descriptions mean nothing to %s', (_, render) => {
    expect(render(HOSTILE)).toContain("it'\\''s $(touch x) `touch y`'");
  });

  test('an option is known by both of its names', () => {
    expect(bashCompletion(HOSTILE)).toContain("'do --now' | 'do -n') reply='anything'");
    expect(fishCompletion(HOSTILE)).toContain("-l now -s n -r  -d 'don'\\''t wait'");
  });

  test('a long description is cut', () => {
    expect(shortDescription(`${'word '.repeat(40)}`)).toHaveLength(72);
  });
});
