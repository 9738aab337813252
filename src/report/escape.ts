import { INVISIBLE } from '../record/invisible.ts';

/** Longer texts of a relay are cut: nobody reads more, and a report has a size limit. */
const MAX_CHARACTERS = 200;

/**
 * A text that came from a relay or a file, safe to show: characters that act on a terminal or hide become
 * visible escapes such as `\x1b` or `\u{202e}`, and what exceeds `maxCharacters` becomes `…`.
 */
export function visible(text: string, maxCharacters: number = MAX_CHARACTERS): string {
  // Cut by code units first, so that a text of many megabytes costs nothing.
  const characters = [...text.slice(0, maxCharacters * 2)];
  const tooLong = characters.length > maxCharacters || text.length > maxCharacters * 2;
  const kept = tooLong ? characters.slice(0, maxCharacters - 1) : characters;
  return kept.join('').replace(INVISIBLE, escapeCharacter) + (tooLong ? '…' : '');
}

function escapeCharacter(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/**
 * The same for running text in GitHub Markdown: no markup, HTML, link or mention can arise. For use inside a
 * line, after other text.
 */
export function markdownText(text: string, maxCharacters: number = MAX_CHARACTERS): string {
  return visible(text, maxCharacters)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]#|~]/g, '\\$&')
    .replaceAll('$', '&#36;')
    .replaceAll('@', '&#64;')
    .replaceAll('://', '&#58;//')
    .replace(/\b(www)\./gi, '$1&#46;');
}

/** The same as inline code of Markdown, where nothing but backticks has a meaning. */
export function markdownCode(text: string, maxCharacters: number = MAX_CHARACTERS): string {
  const shown = visible(text, maxCharacters);
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = shown.startsWith('`') || shown.endsWith('`') || shown === '' ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}

/** The same in a cell of a GitHub Markdown table. */
export function markdownCellCode(text: string): string {
  return markdownCode(text).replaceAll('|', '\\|');
}

/** The same for HTML and XML, in text and in quoted attributes. */
export function markup(text: string, maxCharacters: number = MAX_CHARACTERS): string {
  return visible(text, maxCharacters)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A piece of a sentence: running text, or what stands between backticks. */
export interface InlinePart {
  readonly text: string;
  readonly code: boolean;
}

/** A sentence for a place that knows no code: without the backticks around it. */
export function withoutBackticks(text: string): string {
  return inlineParts(text)
    .map((part) => part.text)
    .join('');
}

/** Splits a sentence at its pairs of backticks; not yet escaped, and one without a partner stays text. */
export function inlineParts(text: string): InlinePart[] {
  return text
    .split(/(`[^`]+`)/)
    .filter((part) => part !== '')
    .map((part) =>
      part.length > 2 && part.startsWith('`') && part.endsWith('`')
        ? { text: part.slice(1, -1), code: true }
        : { text: part, code: false },
    );
}
