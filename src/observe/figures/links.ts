import type { Figures } from './figures.ts';
import { readPrometheusText } from './prometheus-text.ts';

/** The figure of a sample of the proxy in links, by its name and direction, for a region. */
const FIGURES: ReadonlyMap<string, (region: string) => string> = new Map([
  ['relay_bench_link_bytes_total up', (region: string) => `wan${region}BytesUp_total`],
  ['relay_bench_link_bytes_total down', (region: string) => `wan${region}BytesDown_total`],
  ['relay_bench_link_connections', (region: string) => `wan${region}Connections`],
]);

/**
 * What the ways from regions to their origin have carried: up from the region, down to it. Links of other kinds are left out; those of
 * one region are added up.
 */
export function linkFigures(metrics: string): Figures {
  const sums = new Map<string, number>();
  readPrometheusText(metrics, ({ name, labels, value }) => {
    const region = labels.get('region') ?? '';
    const figure = FIGURES.get([name, labels.get('direction') ?? ''].join(' ').trim())?.(region);
    if (region !== '' && figure !== undefined) sums.set(figure, (sums.get(figure) ?? 0) + value);
  });
  return Object.fromEntries(sums);
}
