import { own } from '../../base/own.ts';
import { ACCOUNTS } from '../../metric/accounts.ts';
import { ALL_HEADLINES } from '../../metric/catalogue.ts';
import type { ReportFigure } from '../../metric/definition.ts';
import type { BaseLatency } from '../../metric/latencies.ts';
import { METRIC_SETS } from '../../metric/sets.ts';
import type { RunRecord } from '../../record/schema.ts';
import { latencyWords } from '../latency-words.ts';
import { count, limitsOn, percent, rate } from '../quantity.ts';
import { countedText, isAnyCounted } from '../view/counted.ts';
import { quantile, serviceOf } from '../view/latencies.ts';
import { type Html, html, join } from './markup.ts';

interface Figure {
  readonly label: string;
  readonly value: string;
  readonly detail: string;
}

/** More would be no key figures. */
const MAX_LATENCIES = 3;

/** The few numbers that a run is remembered by. */
export function keyFigures(record: RunRecord): Html {
  const figures = [...latencyFigures(record), ...rateFigures(record), ...ratioFigures(record)];
  return tiles(figures, record.verdict === 'invalid' ? 'tiles void' : 'tiles');
}

/** Those of a run that goes on: its rates are those of the last second, because what is offered in all is not due yet. */
export function keyFiguresSoFar(record: RunRecord): Html {
  const last = record.intervals.at(-1);
  const rates: Figure[] =
    last === undefined
      ? []
      : [{ label: 'Last second', value: rate(last.sent), detail: `of ${rate(last.offered)} offered` }];
  return tiles([...latencyFigures(record), ...rates, ...ratioFigures(record)], 'tiles');
}

function tiles(figures: readonly Figure[], className: string): Html {
  const each = figures.map(
    ({ label, value, detail }) =>
      html`<div><dt>${label}</dt><dd class="value">${value}</dd><dd class="note">${detail}</dd></div>`,
  );
  return html`<dl class="${className}">${join(each)}</dl>`;
}

function latencyFigures(record: RunRecord): Figure[] {
  return ALL_HEADLINES.flatMap((name) => latencyFigure(record, name)).slice(0, MAX_LATENCIES);
}

function latencyFigure(record: RunRecord, name: BaseLatency): Figure[] {
  const summary = record.metrics[name];
  if (summary === undefined || summary.count === 0) return [];
  return [
    {
      label: latencyWords(name),
      value: quantile(summary, 'p95', {
        service: serviceOf(record, name),
        limits_us: limitsOn(record, name, 'p95'),
      }),
      detail: `p95 of ${count(summary.count)}`,
    },
  ];
}

/** Each kind of operation apart: a sum of unlike ones is a rate of nothing. */
function rateFigures({ load: { offered, achieved } }: RunRecord): Figure[] {
  return ACCOUNTS.flatMap(({ noun }): Figure[] => {
    const offered_per_s = offered[`${noun}PerSecond`];
    if (offered_per_s === 0) return [];
    const label = `${noun.charAt(0).toUpperCase()}${noun.slice(1)}`;
    const value = rate(achieved[`${noun}PerSecond`]);
    return [{ label, value, detail: `of ${rate(offered_per_s)} offered` }];
  });
}

function ratioFigures(record: RunRecord): Figure[] {
  const { counters, ratios } = record;
  const figures = METRIC_SETS.flatMap((set): readonly ReportFigure[] => set.figures);
  return figures
    .filter(({ shownFor }) => isAnyCounted([shownFor], counters))
    .map(({ label, ratio, detail }) => ({
      label,
      value: percent(own(ratios, ratio) ?? null, limitsOn(record, ratio, 'ratio')),
      detail: countedText(detail, counters),
    }));
}
