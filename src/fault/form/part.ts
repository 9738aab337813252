import { didYouMean } from '../../base/suggest.ts';
import { PART_KINDS, type PartKind } from './actions.ts';

/** A part of a target as people name it: `relay/2`, `relay` for every relay, `primary`. */
export interface PartName {
  readonly kind: PartKind;
  /** From 1; null for all of the kind. */
  readonly number: number | null;
}

/** There is one of each. */
const SINGLE: readonly PartKind[] = ['primary', 'pubsub', 'haproxy', 'haproxy-db', 'supervisor'];

/** How parts are named, for messages. */
export const PART_EXAMPLES =
  'relay/2, primary, replica/1, postgres/1, cache/1, pubsub, haproxy, haproxy-db, supervisor, edge/1, region/2';

/** Reads the name of a part; `relay-2`, as `stack status` shows it, is the same as `relay/2`. Null where it is none. */
export function parsePart(text: string): PartName | null {
  const [, kind = '', digits] = /^([a-z]+(?:-[a-z]+)*)(?:[/-](\d{1,3}))?$/.exec(text) ?? [];
  if (!isKind(kind)) return null;
  if (digits === undefined) return { kind, number: null };
  const number = Number(digits);
  return number < 1 || SINGLE.includes(kind) ? null : { kind, number };
}

/** What is wrong with the name of a part, or null. */
export function partProblem(text: string): string | null {
  if (parsePart(text) !== null) return null;
  const [kind = ''] = text.split(/\/|-(?![a-z])/, 1);
  if (isKind(kind) && SINGLE.includes(kind)) return `is "${text}", but there is one ${kind}: write ${kind}`;
  return `is no part that a fault can happen to${didYouMean(kind, PART_KINDS)}; parts: ${PART_EXAMPLES}`;
}

function isKind(text: string): text is PartKind {
  return (PART_KINDS as readonly string[]).includes(text);
}

/** How many of each kind a target has. */
export type PartCounts = Readonly<Record<PartKind, number>>;

/** Whether a target has a part: null, or what is missing. @param what the target, such as `the stack` */
export function missingPart(text: string, counts: PartCounts, what: string): string | null {
  const part = parsePart(text);
  if (part === null) return partProblem(text);
  const there = counts[part.kind];
  if (there >= (part.number ?? 1)) return null;
  return there === 0
    ? `is ${text}, but ${what} has no ${part.kind}`
    : `is ${text}, but ${what} has ${there === 1 ? `one ${part.kind}` : `${there} of ${part.kind}`}`;
}
