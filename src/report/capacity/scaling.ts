import type { Scaling, ScalingLaw } from '../../capacity/schema.ts';
import { NOTHING, number, rate } from '../quantity.ts';
import { type Cell, cell, columns, type Section } from '../view/document.ts';

/** What was found for each number of relays, and the Universal Scalability Law through it; null where one alone was searched. */
export function scalingSection({ scaling }: { readonly scaling: Scaling | null }): Section | null {
  if (scaling === null) return null;
  const { points, law } = scaling;
  return {
    title: law === null ? 'Scaling over relays' : 'Scaling over relays (Universal Scalability Law)',
    topic: 'load',
    note: law === null ? `no law: ${scaling.noLaw ?? 'not fitted'}` : lawText(law),
    content: {
      kind: 'table',
      columns: columns('', '>value', '>interval'),
      rows: [...points.map(pointRow), ...(law === null ? [] : lawRows(law))],
    },
  };
}

function pointRow({ relays, rate_per_s, low, high }: Scaling['points'][number]): Cell[] {
  return [
    cell(relaysText(relays)),
    cell(rate_per_s === null ? NOTHING : rate(rate_per_s)),
    cell(intervalText(low, high)),
  ];
}

/** `1 relay`, `3 relays`. */
export function relaysText(relays: number): string {
  return relays === 1 ? '1 relay' : `${relays} relays`;
}

function intervalText(low: number | null, high: number | null): string {
  if (low !== null && high !== null) return `${rate(low)} to ${rate(high)}`;
  if (low !== null) return `at least ${rate(low)}`;
  return high === null ? 'unknown' : `below ${rate(high)}`;
}

function lawRows({ ratePerRelay, alpha, beta }: ScalingLaw): Cell[][] {
  const row = (name: string, text: (value: number) => string, one: ScalingLaw['alpha']): Cell[] => [
    cell(name),
    cell(text(one.value)),
    cell(`${text(one.low)} to ${text(one.high)}`),
  ];
  return [
    row('one relay, by the law', rate, ratePerRelay),
    row('α, contention', number, alpha),
    row('β, coherence', number, beta),
  ];
}

function lawText({ ratePerRelay, alpha, peakRelays }: ScalingLaw): string {
  const source = 'intervals at 95 % from those of the limits';
  if (peakRelays !== null)
    return `peak of the law at ${relaysText(Number(peakRelays.toPrecision(2)))}; ${source}`;
  if (alpha.value === 0)
    return `neither contention nor coherence was found: linear as far as measured; ${source}`;
  return `no coherence was found: the law levels off at ${rate(ratePerRelay.value / alpha.value)}; ${source}`;
}
