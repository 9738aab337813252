/** A rectangle in pixels of a drawing, y downwards. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A place where a label may stand, and what is drawn if it does. */
export interface Candidate<T> {
  readonly box: Box;
  readonly value: T;
}

/** Of a text of 12 px, per character: the widest that is common, so that no label is wider than thought. */
const CHARACTER_PX = 7.2;
/** From the baseline up and down, of a text of 12 px. */
const ASCENT_PX = 12;
const DESCENT_PX = 4;

/** The most that a text of 12 px may be wide. */
export function widthOf(text: string): number {
  return [...text].length * CHARACTER_PX;
}

/** The box of a text of 12 px. @param x where it is anchored, in pixels; @param y its baseline */
export function textBox(text: string, x: number, y: number, anchor: 'start' | 'middle' | 'end'): Box {
  const width = widthOf(text);
  const left = x - { start: 0, middle: width / 2, end: width }[anchor];
  return { left, right: left + width, top: y - ASCENT_PX, bottom: y + DESCENT_PX };
}

/** Whether two boxes share any area. */
export function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/**
 * Labels that do not overprint each other: each takes the first of its places that is free, and yields where none is.
 * @param labels the most important first
 * @param taken boxes that nothing may cover
 */
export function placeLabels<T>(
  labels: readonly (readonly Candidate<T>[])[],
  taken: readonly Box[] = [],
): T[] {
  const boxes = [...taken];
  return labels.flatMap((candidates) => {
    const free = candidates.find(({ box }) => !boxes.some((other) => overlap(box, other)));
    if (free === undefined) return [];
    boxes.push(free.box);
    return [free.value];
  });
}
