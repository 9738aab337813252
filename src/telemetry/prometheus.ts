import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Labels } from '../metric/series.ts';
import { INVISIBLE } from '../record/invisible.ts';
import { type Family, type HistogramFamily, prometheusName } from './family.ts';

/** Of the text, as Prometheus and push gateways want it told. */
export const PROMETHEUS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE;

/** Longer label values are cut: they name things, and every monitoring system keeps all of them. */
const LONGEST_LABEL = 200;

/**
 * Prometheus text format 0.0.4.
 * @param common labels of every sample, such as the name of the run
 */
export async function prometheusText(families: readonly Family[], common: Labels): Promise<string> {
  const registry = new Registry();
  registry.setDefaultLabels(shown(common));
  for (const family of families) register(registry, family);
  return registry.metrics();
}

function register(registry: Registry, family: Family): void {
  const head = { name: prometheusName(family), help: family.help, registers: [registry] };
  if (family.kind === 'histogram') {
    new CountedHistogram(head, family);
    return;
  }
  const labelNames = [...new Set(family.samples.flatMap(({ labels }) => Object.keys(labels)))];
  if (family.kind === 'counter') {
    const metric = new Counter({ ...head, labelNames });
    for (const { labels, value } of family.samples) metric.inc(shown(labels), value);
  } else {
    const metric = new Gauge({ ...head, labelNames });
    for (const { labels, value } of family.samples) metric.set(shown(labels), value);
  }
}

/** A histogram that was counted elsewhere; the package can only observe one sample after the other. */
class CountedHistogram extends Histogram {
  readonly #family: HistogramFamily;
  readonly #head: { readonly name: string; readonly help: string };

  constructor(head: { name: string; help: string; registers: Registry[] }, family: HistogramFamily) {
    super(head);
    this.#family = family;
    this.#head = { name: head.name, help: head.help };
  }

  /** What the registry asks a histogram for. */
  async getForPromString(): Promise<unknown> {
    const { name, help } = this.#head;
    const values = this.#family.samples.flatMap(({ labels, bounds, upTo, count, sum }) => {
      const own = shown(labels);
      const buckets = bounds.map((bound, at) => ({
        metricName: `${name}_bucket`,
        labels: { ...own, le: String(bound) },
        value: upTo[at] ?? 0,
      }));
      return [
        ...buckets,
        { metricName: `${name}_bucket`, labels: { ...own, le: '+Inf' }, value: count },
        { metricName: `${name}_sum`, labels: own, value: sum },
        { metricName: `${name}_count`, labels: own, value: count },
      ];
    });
    return { name, help, type: 'histogram', values };
  }
}

/** Label values as they may be shown: nothing in them acts on a terminal or hides. */
function shown(labels: Labels): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [
      name,
      value.replace(INVISIBLE, '?').slice(0, LONGEST_LABEL),
    ]),
  );
}
