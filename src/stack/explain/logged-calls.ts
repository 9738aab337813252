import { open } from 'node:fs/promises';
import { logOf, type Service } from '../state.ts';

/** A call of a statement as Postgres has logged it: one in a hundred is, with its parameters. */
export interface LoggedCall {
  /** The statement with its constants, as it was sent. */
  readonly text: string;
  /** SQL literals of `$1`, `$2`, … */
  readonly parameters: readonly string[];
}

/** Of a log only the end is read. */
const MOST_BYTES = 16 * 2 ** 20;

const CALL = /LOG: {2}duration: [\d.]+ ms {2}(?:execute [^:\n]*|statement): ([^\n]*(?:\n\t[^\n]*)*)/;
const PARAMETERS = /DETAIL: {2}[Pp]arameters: ([^\n]*(?:\n\t[^\n]*)*)/;
const PARAMETER = /\$(\d+) = (NULL|'(?:[^']|'')*')/g;
/** Every entry of the log begins with its time. */
const ENTRY = /\n(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)/;

/** The calls in the log of a server, the newest first. */
export async function readLoggedCalls(server: Service): Promise<LoggedCall[]> {
  const file = await open(logOf(server));
  try {
    const { size } = await file.stat();
    const length = Math.min(size, MOST_BYTES);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return parseLoggedCalls(buffer.toString('utf8')).reverse();
  } finally {
    await file.close();
  }
}

/** The calls in the text of a log, in its order. A call whose parameters were cut off is left out. */
export function parseLoggedCalls(log: string): LoggedCall[] {
  const entries = log.split(ENTRY);
  return entries.flatMap((entry, index) => {
    const text = CALL.exec(entry)?.[1];
    if (text === undefined) return [];
    const details = PARAMETERS.exec(entries[index + 1] ?? '')?.[1];
    const parameters = details === undefined ? [] : parametersOf(unfolded(details));
    return parameters === null ? [] : [{ text: unfolded(text), parameters }];
  });
}

/** Lines after the first of an entry are moved in by a tab. */
function unfolded(text: string): string {
  return text.replaceAll('\n\t', '\n');
}

/** Null where one was too long to be logged whole. */
function parametersOf(details: string): string[] | null {
  const values = [...details.matchAll(PARAMETER)].map(([, , literal = '']) => literal);
  return values.some((literal) => literal.endsWith("...'")) ? null : values;
}

/**
 * Whether a logged statement is the one that pg_stat_statements has counted under `normalised`, where each constant
 * has become a parameter of its own.
 */
export function isCallOf(normalised: string, text: string): boolean {
  const pattern = normalised
    .split(/\$\d+/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join(`(?:\\$\\d+|'(?:[^']|'')*'|[\\d.]+)`);
  return new RegExp(`^${pattern}$`).test(text);
}
