import type { Capacity } from '../../capacity/schema.ts';
import { number, rate } from '../quantity.ts';
import { type Cell, cell, columns, type Section } from '../view/document.ts';

type Scaling = NonNullable<Capacity['scaling']>;

/** The Universal Scalability Law over the numbers of relays that were measured; null where there is none. */
export function scalingSection({ scaling }: Pick<Capacity, 'scaling'>): Section | null {
  if (scaling === null) return null;
  const { points, ratePerRelay, alpha, beta } = scaling;
  const coefficient = (name: string, { value, low, high }: Scaling['alpha']): Cell[] => [
    cell(name),
    cell(number(value)),
    cell(`${number(low)} to ${number(high)}`),
  ];
  return {
    title: 'Scaling over relays (Universal Scalability Law)',
    topic: 'load',
    note: `${peakText(scaling)}; intervals at 95 % from those of the limits`,
    content: {
      kind: 'table',
      columns: columns('', '>value', '>interval'),
      rows: [
        ...points.map(({ relays, rate_per_s, low, high }): Cell[] => [
          cell(relays === 1 ? '1 relay' : `${relays} relays`),
          cell(rate(rate_per_s)),
          cell(`${rate(low)} to ${rate(high)}`),
        ]),
        coefficient('rate of one relay, by the law', ratePerRelay),
        coefficient('α, contention', alpha),
        coefficient('β, coherence', beta),
      ],
    },
  };
}

function peakText({ peakRelays }: Scaling): string {
  return peakRelays === null
    ? 'no coherence was found, so the law has no peak'
    : `the law has its peak at ${number(peakRelays)} relays`;
}
