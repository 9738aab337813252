import type { Comparison, Distribution } from '../../compare/schema.ts';
import { count, duration, NOTHING, number } from '../quantity.ts';
import { type Cell, cell, columns, type Section, type Table } from '../view/document.ts';
import { signed } from './quantities.ts';

/** One table a latency: quantile by quantile over the merged histograms. */
export function distributionSections({ distributions }: Comparison): Section[] {
  return distributions.map((distribution) => ({
    title: `Distribution of ${distribution.series}`,
    note: `${distributionNote(distribution)}; interval: ranks at 95 %, samples taken as independent`,
    detail: 'background',
    content: distributionTable(distribution),
  }));
}

/** What the quantiles rest on. */
export function distributionNote({ base, candidate }: Distribution): string {
  const unanswered = base.censored + candidate.censored;
  const lost =
    unanswered === 0
      ? ''
      : ` (${count(base.censored)} and ${count(candidate.censored)} more were never answered and count above all)`;
  return `${count(base.count)} and ${count(candidate.count)} samples${lost}, all runs of a side in one histogram`;
}

/** Quantile by quantile, with their intervals and the change. */
export function distributionTable(distribution: Distribution): Table {
  return {
    kind: 'table',
    columns: columns('percentile', '>base', '>interval', '>candidate', '>interval', '>change'),
    rows: rowsOf(distribution),
  };
}

function rowsOf({ base, candidate }: Distribution): Cell[][] {
  const percentiles = [...base.quantiles, ...candidate.quantiles].map(({ percentile }) => percentile);
  return [...new Set(percentiles)]
    .sort((a, b) => a - b)
    .map((percentile) => {
      const [one, other] = [base, candidate].map((side) =>
        side.quantiles.find((quantile) => quantile.percentile === percentile),
      );
      const change =
        one === undefined || other === undefined || one.value_us === 0
          ? NOTHING
          : signed(other.value_us / one.value_us - 1, 'us');
      return [cell(`p${number(percentile)}`), ...cellsOf(one), ...cellsOf(other), cell(change)];
    });
}

function cellsOf(quantile: Distribution['base']['quantiles'][number] | undefined): Cell[] {
  if (quantile === undefined) return [cell(NOTHING), cell(NOTHING)];
  const { value_us, low_us, high_us } = quantile;
  const range =
    high_us === null ? `${duration(low_us)} or more` : `${duration(low_us)} to ${duration(high_us)}`;
  return [cell(duration(value_us)), cell(range, 'muted')];
}
