import { CommanderError } from 'commander';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { EXIT, type ExitCode } from '../base/exit-codes.ts';
import { maskUrl } from '../base/mask-url.ts';
import { visible } from '../report/escape.ts';
import type { Io } from './io.ts';
import { OPEN_FILES_HINT } from './open-files-hint.ts';

/** Longer lines are cut; nothing that a person must read is that long. */
const MAX_CHARACTERS = 2_000;
/** An address inside a message; what follows it in a sentence is no part of it. */
const URL_IN_TEXT = /\b(?:wss?|https?):\/\/[^\s"'`<>(),;]+/gi;

/**
 * Tells the user what went wrong, on stderr, and gives the exit code of the process. A failure that a user can
 * cause is one line and a hint; anything else is a bug and comes with its stack.
 */
export function printError(error: unknown, io: Io): ExitCode {
  if (error instanceof RelayBenchError) return printFailure(error, io);
  if (error instanceof CommanderError) return endOfParsing(error);
  const refused = systemRefusal(error);
  if (refused !== null) return printFailure(refused, io);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const text = `this is a bug in relay-bench, please report it with your command line\n${stack}`;
  io.stderr.write(`error: ${safe(text)}\n`);
  return EXIT.internal;
}

/** What a system that has run out of something says of it, and what to do; a failure, no bug. */
const EXHAUSTED: ReadonlyMap<string, string> = new Map([
  ['EMFILE', OPEN_FILES_HINT],
  ['ENFILE', 'end other programs: the whole machine has run out of open files'],
  ['ENOSPC', 'free some space on the disk, or name another directory'],
  ['EDQUOT', 'free some space: your share of the disk is used up'],
  ['ENOMEM', 'end other programs: the memory of this machine is used up'],
]);

/** The failure behind an error of the system that nobody has explained, or null. */
function systemRefusal(error: unknown): RelayBenchError | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const hint = EXHAUSTED.get(code);
  if (hint === undefined) return null;
  return new RelayBenchError(messageOf(error), { code, hint, exitCode: EXIT.unreachable, cause: error });
}

function printFailure(error: RelayBenchError, io: Io): ExitCode {
  io.stderr.write(`error: ${safe(error.message)}\n`);
  if (error.hint !== undefined) io.stderr.write(`hint: ${safe(error.hint)}\n`);
  return error.exitCode;
}

/**
 * A message may repeat what a file or a relay said, and addresses as the user typed them: nothing in it may act on
 * the terminal, and no credentials may show.
 */
function safe(text: string): string {
  const lines = text.replace(URL_IN_TEXT, maskUrl).split('\n');
  return lines.map((line) => visible(line, MAX_CHARACTERS)).join('\n');
}

/** Commander has printed its own message (see `formatUsageError`); help and version are no failures. */
function endOfParsing(error: CommanderError): ExitCode {
  return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
}

/**
 * Commander's message as one line and a hint: a suggestion in brackets becomes the hint.
 * @param text as commander would print it, for example `error: unknown option '--rat'\n(Did you mean --rate?)\n`
 * @param help the command that shows what exists, for example `relay-bench run --help`
 */
export function formatUsageError(text: string, help: string): string {
  const [message = '', ...rest] = text.trim().split('\n');
  const suggestion = /\((Did you mean .+)\)/.exec(rest.join(' '))?.[1]?.toLowerCase();
  return safe(`${message}\nhint: ${suggestion ?? `see \`${help}\``}\n`);
}
