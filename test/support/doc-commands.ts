import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A block of commands in the documentation, as it stands there. */
export interface CommandBlock {
  /** Page and line of its first command. */
  readonly where: string;
  /** For a shell; of a block that also shows what is printed, the lines after `$ ` alone. */
  readonly script: string;
  /** Why no test runs it, from `<!-- not run: … -->` in the line above the block; null: it is run. */
  readonly notRun: string | null;
  /** Whether it is run against a stack, from `<!-- with a stack -->` in that line. */
  readonly onStack: boolean;
}

/** What a user types, at the start of a line. */
const COMMAND = /^(?:\$ )?(?:npx|npm|node|strfry|relay-bench)\b/m;

/** Languages of blocks that a shell reads; those of others are looked at too, so that their ends are not taken for beginnings. */
const SHELL: ReadonlySet<string> = new Set(['sh', 'console', '']);

/** README and every page below docs. */
export function docPages(): string[] {
  const names = readdirSync(`${ROOT}docs`, { recursive: true }) as string[];
  return ['README.md', ...names.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)].sort();
}

/** The blocks of a page that hold commands. */
export function commandBlocks(page: string): CommandBlock[] {
  const text = readFileSync(`${ROOT}${page}`, 'utf8');
  const blocks = text.matchAll(
    /(?:<!-- (?:not run: (.+?)|(with a stack)) -->\n)?```([a-z]*)\n([\s\S]*?)```/g,
  );
  return [...blocks].flatMap(({ 1: reason, 2: stack, 3: language = '', 4: body = '', index }) => {
    if (!SHELL.has(language) || !COMMAND.test(body)) return [];
    const lines = body.split('\n');
    const typed = lines.filter((line) => line.startsWith('$ ')).map((line) => line.slice(2));
    const line = text.slice(0, index).split('\n').length;
    const script = language === 'console' ? typed.join('\n') : body;
    return [{ where: `${page}:${line}`, script, notRun: reason ?? null, onStack: stack !== undefined }];
  });
}
