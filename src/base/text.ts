/** What some editors and Windows tools put before a text: U+FEFF, in UTF-8 the bytes EF BB BF. */
const MARK = '\ufeff';

/** A text as it was meant: without the byte order mark that may stand before it. */
export function withoutMark(text: string): string {
  return text.startsWith(MARK) ? text.slice(MARK.length) : text;
}
