import { markup } from '../escape.ts';

/** Markup that is safe to put into a page: made by {@link html}, {@link raw} or {@link join} alone. */
export interface Html {
  readonly markup: string;
}

/** What may stand in a template: safe markup as it is, everything else escaped. */
type Part = Html | readonly Html[] | string | number | null;

/** Sentences are never this long; what is longer came from outside. */
const MAX_TEXT = 2_000;

/**
 * A template whose texts are escaped by construction: only {@link Html} is taken over as it is. Characters that
 * hide or act become visible escapes, as in every report. Safe in text and in quoted attributes.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = strings.reduce((sum, piece, at) => sum + asMarkup(parts[at - 1] ?? null) + piece);
  return { markup: text };
}

/** A text of this program, taken over as it is; never one that came from a relay, a file or a person. */
export function raw(trusted: string): Html {
  return { markup: trusted };
}

/** Texts one after the other. */
export function join(parts: readonly Html[]): Html {
  return raw(parts.map((part) => part.markup).join(''));
}

/** Nothing. */
export const NO_MARKUP: Html = { markup: '' };

function asMarkup(part: Part): string {
  if (part === null) return '';
  if (typeof part === 'string') return markup(part, MAX_TEXT);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : join(part).markup;
}

/**
 * A text of several lines for a `<pre>`: line ends stay, everything else is escaped as in {@link html}; cut after
 * `maxCharacters`.
 */
export function preformatted(text: string, maxCharacters: number): Html {
  const cut = text.length > maxCharacters ? `${text.slice(0, maxCharacters)}\n…` : text;
  return raw(
    cut
      .split('\n')
      .map((line) => markup(line, maxCharacters))
      .join('\n'),
  );
}

/**
 * JSON for a `<script type="application/json">` block: no `<`, `>` or `&` is left that could end the block or begin
 * a comment.
 */
export function jsonBlock(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
