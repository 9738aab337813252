import type * as z from 'zod';
import { own } from '../base/own.ts';
import { didYouMean } from '../base/suggest.ts';
import { knownKeys } from './json-schema.ts';

/** The value at `path`, or undefined. */
export function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      value !== null && typeof value === 'object'
        ? own(value as Record<string, unknown>, String(step))
        : undefined,
    data,
  );
}

/** What an issue of the schema says to the author of a scenario. */
export function issueText(issue: z.core.$ZodIssue, data: unknown): string {
  const isMissing = issue.code !== 'custom' && valueAt(data, issue.path) === undefined;
  if (isMissing) return 'is required';
  if (issue.code === 'too_small') return `must ${amountOf(issue.origin)} at least ${issue.minimum}`;
  if (issue.code === 'too_big') return `must ${amountOf(issue.origin)} at most ${issue.maximum}`;
  const text = issue.message.replace(/^Invalid (input|option): /, '');
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function amountOf(origin: string): string {
  return { string: 'have a length of', array: 'have a number of entries of' }[origin] ?? 'be';
}

/** What to say to the author of a key that does not exist. */
export function unknownKeyText(key: string, path: readonly PropertyKey[]): string {
  return `unknown key "${key}"${didYouMean(key, knownKeys(path))}`;
}
