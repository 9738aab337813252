import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { FakeProcess } from '../../support/fake-process.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PAGES = ['README.md', 'CONTRIBUTING.md', ...markdownBelow('docs')];

/** Commands whose options belong to their subcommands. */
const GROUPS = ['corpus', 'stack'];

function markdownBelow(directory: string): string[] {
  const names = readdirSync(`${ROOT}${directory}`, { recursive: true }) as string[];
  return names.filter((name) => name.endsWith('.md')).map((name) => `${directory}/${name}`);
}

/** Every command line in the code blocks of a page, for example `run --relay ws://…`, without its comment. */
function commandLines(page: string): string[] {
  const blocks = readFileSync(`${ROOT}${page}`, 'utf8').match(/```[\s\S]*?```/g) ?? [];
  const lines = blocks.flatMap((block) => block.split('\n'));
  return lines.flatMap((line) => /(?:^|[ $])relay-bench ([a-z].*?)(?: +[#>|].*)?$/.exec(line)?.[1] ?? []);
}

async function helpOf(...command: string[]): Promise<string> {
  const process = new FakeProcess([...command, '--help']);
  await main(process);
  return process.stdout.text;
}

describe('the documentation', () => {
  test('has commands to check', () => {
    expect(commandLines('README.md').length).toBeGreaterThan(5);
    expect(commandLines('docs/runbooks/first-run.md').length).toBeGreaterThan(5);
  });

  test.each(PAGES)('%s shows only commands and options that exist', async (page) => {
    const commands = await helpOf();
    for (const line of commandLines(page)) {
      // What stands in quotation marks is a value, be it the command of a relay with options of its own.
      const [command = '', ...rest] = line.replaceAll(/"[^"]*"/g, '""').split(' ');
      expect(commands, line).toMatch(new RegExp(`^ {2}${command} `, 'm'));
      const help = await helpOf(...(GROUPS.includes(command) ? [command, rest[0] ?? ''] : [command]));
      for (const option of rest.filter((word) => /^--[a-z]/.test(word))) {
        expect(help, line).toMatch(new RegExp(`${option}[ ,]`));
      }
    }
  });

  test('the README names every command', async () => {
    const commands = [...(await helpOf()).matchAll(/^ {2}([a-z]+)(?: \[| <| {2,})/gm)].map(
      (match) => match[1],
    );
    const readme = readFileSync(`${ROOT}README.md`, 'utf8');
    for (const command of commands.filter((name) => name !== 'help')) {
      expect(readme).toMatch(new RegExp(`^\\| \`${command}\\b`, 'm'));
    }
  });

  test.each(PAGES)('the links of %s lead to files that exist', (page) => {
    const text = readFileSync(`${ROOT}${page}`, 'utf8');
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '');
    for (const link of links) {
      expect(() => readFileSync(new URL(link, `file://${ROOT}${page}`)), `${page} → ${link}`).not.toThrow();
    }
  });
});
