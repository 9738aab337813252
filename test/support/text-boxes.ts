import type { Page } from 'playwright-core';

/** A text that a page shows in a plot, with its place on the page in CSS pixels. */
export interface TextBox {
  readonly plot: string;
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Makes a page remember every text that is drawn on a canvas since it was last cleared. Call it before the page is opened:
 * texts of a canvas have no elements that could be measured.
 */
export async function rememberCanvasTexts(page: Page): Promise<void> {
  await page.addInitScript(`
    const kept = new WeakMap();
    const drawn = (canvas) => kept.get(canvas) ?? kept.set(canvas, []).get(canvas);
    const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...rest) {
      const size = this.measureText(text);
      const at = this.getTransform().transformPoint({ x, y });
      drawn(this.canvas).push({
        text,
        left: at.x - size.actualBoundingBoxLeft,
        right: at.x + size.actualBoundingBoxRight,
        top: at.y - size.actualBoundingBoxAscent,
        bottom: at.y + size.actualBoundingBoxDescent,
      });
      return fillText.call(this, text, x, y, ...rest);
    };
    CanvasRenderingContext2D.prototype.clearRect = function (...area) {
      drawn(this.canvas).length = 0;
      return clearRect.call(this, ...area);
    };
    globalThis.canvasTexts = (canvas) => drawn(canvas);
  `);
}

/** All texts that the plots of the page show now, drawn or in elements, legends included. */
export function plotTexts(page: Page): Promise<TextBox[]> {
  return page.evaluate(`
    [...document.querySelectorAll('figure')].flatMap((figure) => {
      const ofElements = [...figure.querySelectorAll('svg.plot text, .legend span, .u-legend th')]
        .filter((element) => element.checkVisibility({ visibilityProperty: true }))
        .map((element) => ({ text: element.textContent, ...element.getBoundingClientRect().toJSON() }));
      const ofCanvases = [...figure.querySelectorAll('canvas')]
        .filter((canvas) => canvas.checkVisibility())
        .flatMap((canvas) => {
          const place = canvas.getBoundingClientRect();
          const ratio = place.width / canvas.width;
          return globalThis.canvasTexts(canvas).map(({ text, left, right, top, bottom }) => ({
            text,
            left: place.left + left * ratio,
            right: place.left + right * ratio,
            top: place.top + top * ratio,
            bottom: place.top + bottom * ratio,
          }));
        });
      return [...ofElements, ...ofCanvases]
        .filter(({ text }) => text !== '')
        .map(({ text, left, right, top, bottom }) => ({ plot: figure.id, text, left, right, top, bottom }));
    })
  `);
}

/** Pixels that two boxes may share: letters end within their boxes. */
const TOLERANCE = 0.5;

/** Each pair of texts of one plot that overprint each other, as `plot: a × b`. */
export function overprinted(boxes: readonly TextBox[]): string[] {
  return boxes.flatMap((one, at) =>
    boxes
      .slice(at + 1)
      .filter((other) => one.plot === other.plot && meet(one, other))
      .map((other) => `${one.plot}: ${one.text} × ${other.text}`),
  );
}

function meet(a: TextBox, b: TextBox): boolean {
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return across > TOLERANCE && down > TOLERANCE;
}
