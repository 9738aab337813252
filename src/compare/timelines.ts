import { own } from '../base/own.ts';
import { HEADLINES } from '../metric/catalogue.ts';
import type { RunRecord } from '../record/schema.ts';
import type { Timeline } from './schema.ts';

/** p95 second by second of two runs, for the latencies that both have. */
export function timelinesOf(base: RunRecord, candidate: RunRecord): Timeline[] {
  return HEADLINES.flatMap((series) => {
    const [one, other] = [timelineOf(base, series), timelineOf(candidate, series)];
    return one.length === 0 || other.length === 0 ? [] : [{ series, base: one, candidate: other }];
  });
}

function timelineOf({ intervals }: RunRecord, series: string): Timeline['base'] {
  const found = intervals.some(({ latencies }) => own(latencies, series) !== undefined);
  return found
    ? intervals.map(({ t, latencies }) => ({ t, p95_us: own(latencies, series)?.p95_us ?? null }))
    : [];
}
