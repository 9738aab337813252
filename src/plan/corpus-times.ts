import type { CorpusTimes } from './parts.ts';

/** How far from the present a relay takes events (NIP-11 `created_at_lower_limit`, `created_at_upper_limit`). */
export interface TakenTimes {
  /** Seconds before now; null where nothing limits them. */
  readonly before_s: number | null;
  /** Seconds after now; null where nothing limits them. */
  readonly after_s: number | null;
}

/** Notes that are signed for a run are spread over the month before it. */
export const NOTES_SPAN_S = 30 * 86_400;
/** The newest of them is so many seconds old. */
export const NEWEST_NOTE_S = 60;

/** A corpus is moved to a whole day, so that another run on that day finds what it stores already there. */
const LONGEST_STEP_S = 86_400;
/** Shares of a short window: how coarse the end is, how much the events are spread over. */
const STEPS_OF_WINDOW = 10;

/**
 * The times of a corpus that a relay takes: its own where those are taken, else it ends at the start of this day (or of
 * a tenth of what the relay takes) and is spread over no more than fits. Each event keeps its place, as a share of the
 * span before the end.
 * @param wanted the times that the corpus has by itself; events may lie a fifteenth of the span before it (gift wraps)
 * @param run_s seconds from now until the last event is published
 * @returns null where the relay takes nothing that could be prepared
 */
export function fitTimes(
  wanted: CorpusTimes,
  taken: TakenTimes,
  { now_s, run_s }: { readonly now_s: number; readonly run_s: number },
): CorpusTimes | null {
  const room_s = (taken.before_s ?? Number.POSITIVE_INFINITY) - run_s;
  const isOldTaken = now_s - (wanted.end_s - reachOf(wanted.span_s)) <= room_s;
  const isNewTaken = wanted.end_s <= now_s + (taken.after_s ?? Number.POSITIVE_INFINITY);
  if (isOldTaken && isNewTaken) return wanted;
  const step_s = Math.min(LONGEST_STEP_S, Math.floor(room_s / STEPS_OF_WINDOW));
  if (step_s < 1) return null;
  const fitting_s = Math.floor((room_s - step_s) / reachOf(1));
  return { end_s: Math.floor(now_s / step_s) * step_s, span_s: Math.min(wanted.span_s, fitting_s) };
}

/** How far the oldest event lies before the end: gift wraps of 30 days are dated back by two. */
export function reachOf(span_s: number): number {
  return (span_s * 16) / 15;
}
