import { own } from '../../base/own.ts';
/**
 * What a component says about itself at one moment. The unit stands in the key; a key that ends in `_total` only
 * grows, every other value is as it is now.
 */
export type Figures = Readonly<Record<string, number>>;

/** Whether a figure only grows, so that differences of it mean something. */
export function isTotal(key: string): boolean {
  return key.endsWith('_total');
}

/** How much each growing figure grew; one that fell was started anew and counts from zero. */
export function growth(before: Figures, after: Figures): Figures {
  const entries = Object.entries(after).filter(([key]) => isTotal(key) && Object.hasOwn(before, key));
  return Object.fromEntries(
    entries.map(([key, value]) => {
      const from = own(before, key) ?? 0;
      return [key, value >= from ? value - from : value];
    }),
  );
}
