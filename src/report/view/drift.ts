import type { RunRecord } from '../../record/schema.ts';
import { bytes, duration, number } from '../quantity.ts';
import { cell, columns, type Section } from './document.ts';

type Drift = NonNullable<RunRecord['drift']>[number];

/** How latencies and the relay's memory changed while the run went on; null where it was too short to tell. */
export function driftSection({ drift = [] }: RunRecord): Section | null {
  if (drift.length === 0) return null;
  const rows = drift.map((each) => [
    cell(each.component === undefined ? each.of : `${each.of} of ${each.component}`),
    cell(levelOf(each)),
    cell(anHour(each.perHour)),
    cell(`${anHour(each.low)} to ${anHour(each.high)}`),
  ]);
  return {
    title: 'Drift',
    topic: 'verdict',
    note: 'change an hour by the trend of the seconds, and where it lies at 95 %',
    content: { kind: 'table', columns: columns('', '>level', '>an hour', '>at 95 %'), rows },
  };
}

function levelOf({ of, level }: Drift): string {
  if (of === 'rss') return bytes(level);
  return of === 'descriptors' ? number(level) : duration(level);
}

/** A share of the level; open where null. */
function anHour(share: number | null): string {
  if (share === null) return 'open';
  return `${share > 0 ? '+' : ''}${number(share * 100)} %`;
}
