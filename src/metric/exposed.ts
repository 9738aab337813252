import { maskKeys } from '../base/mask-keys.ts';
import { baseLatency, LATENCY_NAMES } from './catalogue.ts';
import { latencyDefinition } from './latencies.ts';
import type { Labels } from './series.ts';
import { QUANTILES, type QuantileName } from './summary.ts';

// What monitoring systems are told of the catalogue: the same names and words in the OpenMetrics file, at the metrics
// endpoint, at a push gateway and over OTLP.

/** Begins every name that this program exposes. */
export const EXPOSED_PREFIX = 'relaybench_';

/** What a latency is, in one line; its name where a newer version knows it. */
export function latencyHelp(name: string): string {
  const known = LATENCY_NAMES.find((each) => each === name);
  if (known === undefined) return name;
  const base = baseLatency(known);
  const { from, to } = latencyDefinition(base);
  return `${from} → ${to}, from ${known === base ? 'the schedule' : 'the write'}`;
}

/** A sample with its labels. */
export interface Labelled {
  readonly labels: Labels;
  readonly value: number;
}

/** What a counter of several words has counted, a sample a word; no word holds a key or an event id, see {@link maskKeys}. */
export function wordSamples(label: string, counts: Readonly<Record<string, number>>): Labelled[] {
  const byWord = new Map<string, number>();
  for (const [word, count] of Object.entries(counts)) {
    const shown = maskKeys(word);
    byWord.set(shown, (byWord.get(shown) ?? 0) + count);
  }
  return [...byWord].map(([word, value]) => ({ labels: { [label]: word }, value }));
}

/** Labels whose values hold neither keys nor event ids. */
export function maskedLabels(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, maskKeys(value)]));
}

/** A percentile as Prometheus labels it: `0.5`, `0.999`. */
export function quantileLabel(name: QuantileName): string {
  // 99.9 / 100 is 0.9990000000000001 in binary.
  return (QUANTILES[name] / 100).toPrecision(3).replace(/0+$/, '');
}
