/** Seconds of the load as spans: `12–19 s, 23 s`; at most a few, the longest first where there are more. */
export function spansText(seconds: readonly number[]): string {
  const spans = spansOf(seconds);
  const shown = spans.length > MOST_SPANS ? spans.toSorted((a, b) => lengthOf(b) - lengthOf(a)) : spans;
  const texts = shown
    .slice(0, MOST_SPANS)
    .toSorted((a, b) => a.from - b.from)
    .map(({ from, to }) => (from === to ? `${from} s` : `${from}–${to} s`));
  const more = spans.length - texts.length;
  return more > 0 ? `${texts.join(', ')} and ${more} more` : texts.join(', ');
}

const MOST_SPANS = 3;

interface Span {
  readonly from: number;
  readonly to: number;
}

function lengthOf({ from, to }: Span): number {
  return to - from;
}

/** Seconds that follow each other as one. */
function spansOf(seconds: readonly number[]): readonly Span[] {
  const spans: Span[] = [];
  for (const t of seconds.toSorted((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last !== undefined && t - last.to <= 1) spans[spans.length - 1] = { from: last.from, to: t };
    else spans.push({ from: t, to: t });
  }
  return spans;
}

/** At most three significant digits: `0.94`, `312`, `1,200`. */
export function shortNumber(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return Math.abs(rounded) >= 1_000 ? Math.round(value).toLocaleString('en-US') : String(rounded);
}

/** A share of one in whole percent. */
export function percentText(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `21 of 30 s`. */
export function ofText(seconds: readonly number[], all: readonly number[]): string {
  return `${seconds.length} of ${all.length} s`;
}
