/**
 * Characters that act on a terminal or hide from a reader instead of showing: C0 and C1 controls, DEL, line and
 * paragraph separators, zero-width and bidirectional formatting, tags, the byte order mark, noncharacters,
 * lone surrogates.
 */
export const INVISIBLE =
  /[\p{Cc}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\p{Cs}\u{e0000}-\u{e007f}]/gu;
