import { isWordCounter } from '../../metric/counter-maps.ts';
import { COUNTERS, type CounterMetric } from '../../metric/counters.ts';
import { countOf } from '../../record/conservation.ts';
import type { Counters } from '../../record/schema.ts';
import { count } from '../quantity.ts';

const IN_BRACES = /\{(\w+)\}/g;

/** A text of the catalogue with the values of its counters: `{deliveries_missing} missing`. */
export function countedText(text: string, counters: Counters): string {
  return text.replace(IN_BRACES, (_, name: string) => count(counterValue(counters, name)));
}

/** Whether one of the counters is above 0. */
export function isAnyCounted(names: readonly string[], counters: Counters): boolean {
  return names.some((name) => counterValue(counters, name) > 0);
}

/** @throws Error where the catalogue has no such counter */
export function counterValue(counters: Counters, name: string): number {
  if (isWordCounter(name) || isCounter(name)) return countOf(counters, name);
  throw new Error(`the catalogue has no counter ${name}`);
}

function isCounter(name: string): name is CounterMetric {
  return Object.hasOwn(COUNTERS, name);
}
