import type { Argument, Command, Option } from 'commander';
import { hasWords } from '../options.ts';

/** What may stand in one place of a command line. */
export type Place =
  /** One of these words; `files`: or a file of the user's own. */
  | { readonly kind: 'words'; readonly words: readonly string[]; readonly files: boolean }
  | { readonly kind: 'files' }
  | { readonly kind: 'directories' }
  /** Something that nobody can guess, such as a number or an address. */
  | { readonly kind: 'anything' };

/** An option as it is completed. */
export interface CompletedOption {
  /** As typed, long form first: `--follow`, `-f`. */
  readonly names: readonly string[];
  readonly description: string;
  /** What follows it; null where it stands alone. */
  readonly value: Place | null;
}

/** A command as it is completed. */
export interface CompletedCommand {
  /** The words that reach it; none for the program itself. */
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly CompletedOption[];
  /** Its arguments in order. */
  readonly places: readonly Place[];
  /** Whether the last of them may be repeated. */
  readonly repeats: boolean;
  readonly children: readonly CompletedCommand[];
}

/** Words for arguments and values that take more than a fixed choice. */
export interface Known {
  readonly words: readonly string[];
  /** Whether a file may stand there too. */
  readonly files: boolean;
}

/** By the name that these arguments and values have in the help. */
export type KnownWords = ReadonlyMap<string, Known>;

const FILES: ReadonlySet<string> = new Set(['file', 'run.json', 'corpus']);
const DIRECTORIES: ReadonlySet<string> = new Set(['dir']);

/** Everything that can be typed after `program`, as plain data. */
export function completionTree(
  program: Command,
  known: KnownWords,
  path: readonly string[] = [],
): CompletedCommand {
  const arguments_ = program.registeredArguments;
  return {
    path,
    description: program.description(),
    options: program
      .createHelp()
      .visibleOptions(program)
      .map((option) => completedOption(option, known)),
    places: arguments_.map((argument) => argumentPlace(argument, known)),
    repeats: arguments_.at(-1)?.variadic === true,
    children: program.commands.map((child) => completionTree(child, known, [...path, child.name()])),
  };
}

/** A command and all that are below it. */
export function allCommands(command: CompletedCommand): readonly CompletedCommand[] {
  return [command, ...command.children.flatMap(allCommands)];
}

function argumentPlace(argument: Argument, known: KnownWords): Place {
  return placeNamed(argument.name(), known, argument.argChoices);
}

function completedOption(option: Option, known: KnownWords): CompletedOption {
  const names = [option.long, option.short].filter((name) => name != null);
  const takesValue = option.required || option.optional;
  const placeholder = /[<[](.+?)(?:\.\.\.)?[>\]]/.exec(option.flags)?.[1] ?? '';
  const { parseArg } = option;
  const choices = option.argChoices ?? (hasWords(parseArg) ? parseArg.words : undefined);
  return {
    names,
    description: option.description,
    value: takesValue ? placeNamed(placeholder, known, choices) : null,
  };
}

function placeNamed(name: string, known: KnownWords, choices: readonly string[] | undefined): Place {
  if (choices !== undefined) return { kind: 'words', words: choices, files: false };
  const found = known.get(name);
  if (found !== undefined) return { kind: 'words', ...found };
  if (FILES.has(name)) return { kind: 'files' };
  return DIRECTORIES.has(name) ? { kind: 'directories' } : { kind: 'anything' };
}
