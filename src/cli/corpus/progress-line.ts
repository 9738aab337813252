import { performance } from 'node:perf_hooks';
import { clock } from '../../report/progress/phrases.ts';
import { count, percent } from '../../report/quantity.ts';
import { type Io, sizeOf } from '../io.ts';
import { resolveProgress } from '../run/progress.ts';

export interface ProgressLineOptions {
  readonly io: Io;
  /** What goes on, for example `generating`. */
  readonly what: string;
  /** What is counted; 0 where nobody knows. */
  readonly total: number;
}

/** Progress of work with a known amount, on stderr. */
export interface ProgressLine {
  /** @param done of the total @param events that are through */
  update(done: number, events: number): void;
  /** Takes the bar away. */
  end(): void;
}

/** A terminal is drawn ten times a second, a log gets a line every ten seconds. */
const DRAW_MS = 100;
const LOG_MS = 10_000;
const BAR_COLUMNS = 30;
const CLEAR_LINE = '\u001b[2K';

/** A bar that is drawn over itself at a terminal, lines now and then in a log. */
export function createProgressLine(options: ProgressLineOptions): ProgressLine {
  const { io } = options;
  const isTty = resolveProgress('auto', io) === 'tty';
  const interval_ms = isTty ? DRAW_MS : LOG_MS;
  const began_ms = performance.now();
  let next_ms = began_ms + interval_ms;
  return {
    update: (done, events) => {
      const now_ms = performance.now();
      if (now_ms < next_ms) return;
      next_ms = now_ms + interval_ms;
      const text = progressText(options, { done, events, elapsed_s: (now_ms - began_ms) / 1_000 });
      io.stderr.write(isTty ? `\r${CLEAR_LINE}${text.slice(0, sizeOf(io.stderr).columns - 1)}` : `${text}\n`);
    },
    end: () => {
      if (isTty) io.stderr.write(`\r${CLEAR_LINE}`);
    },
  };
}

/** One line of progress; pure. */
export function progressText(
  { what, total }: Pick<ProgressLineOptions, 'what' | 'total'>,
  { done, events, elapsed_s }: { readonly done: number; readonly events: number; readonly elapsed_s: number },
): string {
  const counted = `${count(events)} events, ${clock(elapsed_s)}`;
  if (total === 0) return `${what}: ${counted}`;
  const share = Math.min(1, done / total);
  const filled = Math.round(share * BAR_COLUMNS);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_COLUMNS - filled);
  return `${what} ${bar} ${percent(Math.floor(share * 100) / 100)}, ${counted}`;
}
