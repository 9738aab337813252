import type { LatencyMetric } from '../../metric/catalogue.ts';
import type { RunRecord } from '../../record/schema.ts';
import { count, limitsOn, percent, rate } from '../quantity.ts';
import { quantile, serviceOf } from '../view/latencies.ts';
import { type Html, html, join } from './markup.ts';

interface Figure {
  readonly label: string;
  readonly value: string;
  readonly detail: string;
}

const LATENCIES: readonly (readonly [LatencyMetric, string])[] = [
  ['ack_latency', 'Write to OK'],
  ['eose_latency', 'Query to EOSE'],
  ['delivery_latency', 'Write to subscriber'],
  ['connect_latency', 'Connect'],
];

/** More would be no key figures. */
const MAX_LATENCIES = 3;

/** The few numbers that a run is remembered by. */
export function keyFigures(record: RunRecord): Html {
  const figures = [
    ...LATENCIES.flatMap(([name, label]) => latencyFigure(record, name, label)).slice(0, MAX_LATENCIES),
    rateFigure(record),
    ...deliveryFigure(record),
  ];
  const tiles = figures.map(
    ({ label, value, detail }) =>
      html`<div><dt>${label}</dt><dd class="value">${value}</dd><dd class="note">${detail}</dd></div>`,
  );
  const trust = record.verdict === 'invalid' ? 'tiles void' : 'tiles';
  return html`<dl class="${trust}">${join(tiles)}</dl>`;
}

function latencyFigure(record: RunRecord, name: LatencyMetric, label: string): Figure[] {
  const summary = record.metrics[name];
  if (summary === undefined || summary.count === 0) return [];
  return [
    {
      label,
      value: quantile(summary, 'p95', {
        service: serviceOf(record, name),
        limits_us: limitsOn(record, name, 'p95'),
      }),
      detail: `p95 of ${count(summary.count)}`,
    },
  ];
}

function rateFigure({ load: { offered, achieved } }: RunRecord): Figure {
  const offered_per_s = offered.eventsPerSecond + offered.queriesPerSecond;
  const achieved_per_s = achieved.eventsPerSecond + achieved.queriesPerSecond;
  return { label: 'Achieved', value: rate(achieved_per_s), detail: `of ${rate(offered_per_s)} offered` };
}

function deliveryFigure(record: RunRecord): Figure[] {
  const { counters, ratios } = record;
  if (counters.deliveries_expected === 0) return [];
  return [
    {
      label: 'Delivered',
      value: percent(ratios['delivery_ratio'] ?? null, limitsOn(record, 'delivery_ratio', 'ratio')),
      detail: `${count(counters.deliveries_missing)} of ${count(counters.deliveries_expected)} missing`,
    },
  ];
}
