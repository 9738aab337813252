const LONGEST_DESCRIPTION = 72;

/** `text` as one word of bash, zsh and fish that means nothing but itself; it must have no line break. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A description as shells show it beside a word: one line, cut where it is long. */
export function shortDescription(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= LONGEST_DESCRIPTION ? line : `${line.slice(0, LONGEST_DESCRIPTION - 1)}…`;
}
