import type { Point } from './plot.ts';
import type { AxisScale } from './scale.ts';

/** Units of the drawing across and down; it is stretched to the width of the page. */
export const CANVAS = { width: 2_000, height: 1_000 } as const;

/**
 * The `d` of a path through the points, in whole units and relative steps: a third of the size of absolute numbers.
 * A point without a value interrupts the line; one alone between two gaps is drawn as a dot.
 */
export function pathOf(points: readonly Point[], x: AxisScale, y: AxisScale): string {
  const pieces: string[] = [];
  let last: readonly [number, number] | null = null;
  let lineIsOpen = false;
  for (const [at, value] of points) {
    if (value === null) {
      last = null;
      continue;
    }
    const place = [Math.round(x(at) * CANVAS.width), Math.round((1 - y(value)) * CANVAS.height)] as const;
    if (last === null) {
      pieces.push(`M${place[0]} ${place[1]}h0`);
      lineIsOpen = false;
    } else {
      pieces.push(`${lineIsOpen ? ' ' : 'l'}${place[0] - last[0]}${signed(place[1] - last[1])}`);
      lineIsOpen = true;
    }
    last = place;
  }
  return pieces.join('');
}

/** A minus sign separates two numbers as well as a blank does. */
function signed(value: number): string {
  return value < 0 ? String(value) : ` ${value}`;
}
