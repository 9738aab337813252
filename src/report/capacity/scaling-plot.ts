import { scaled } from '../../capacity/scaling.ts';
import type { Scaling, ScalingLaw } from '../../capacity/schema.ts';
import type { Plot, Point, Series } from '../html/plot.ts';

type Points = Scaling['points'];

/**
 * What each number of relays carries, beside the law and beside as many times what one carries. Null with fewer than two
 * numbers, which are no line.
 * @param unit of what arrives, as in `capacity.json`
 */
export function scalingPlot({ points, law }: Scaling, unit: string): Plot | null {
  if (points.length < 2) return null;
  const held: Series = {
    label: 'holds every gate',
    ink: 1,
    points: points.map(({ relays, rate_per_s }): Point => [relays, rate_per_s]),
  };
  const broke: Series = {
    label: 'does not',
    ink: 2,
    points: points.map(({ relays, high }): Point => [relays, high]),
  };
  return {
    id: 'scaling-over-relays',
    title: 'Limit by relays',
    note: 'The limit lies between both lines; dashed is what as many times one relay would be.',
    x: { label: 'relay processes', unit: 'count' },
    y: { label: `${unit} per second`, unit: 'per-second' },
    series: [...linear(points), ...lawSeries(points, law), broke, held],
    marks: 'both',
  };
}

/** As many times what the smallest number of relays carries for each of them; none where that is unknown. */
function linear(points: Points): Series[] {
  const [first] = points;
  if (first === undefined || first.rate_per_s === null) return [];
  const each = first.rate_per_s / first.relays;
  const line = points.map(({ relays }): Point => [relays, each * relays]);
  return [{ label: 'in proportion', ink: 'muted', dashed: true, points: line }];
}

function lawSeries(points: Points, law: ScalingLaw | null): Series[] {
  if (law === null) return [];
  const of = { rate: law.ratePerRelay.value, alpha: law.alpha.value, beta: law.beta.value };
  return [
    {
      label: 'by the law',
      ink: 3,
      under: 1,
      points: points.map(({ relays }): Point => [relays, scaled(of, relays)]),
    },
  ];
}
