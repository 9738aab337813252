import { performance } from 'node:perf_hooks';
import { jsonProgress } from '../../report/progress/json.ts';
import { plainProgress } from '../../report/progress/plain.ts';
import { ttyProgress } from '../../report/progress/tty.ts';
import type { Reporter } from '../../report/reporter.ts';
import { wantsColour } from '../colour.ts';
import { type Io, sizeOf } from '../io.ts';

export const PROGRESS_MODES = ['auto', 'tty', 'plain', 'json', 'none'] as const;
export type ProgressMode = (typeof PROGRESS_MODES)[number];

/**
 * What `auto` stands for: a live block where a person watches (a terminal that can move its cursor, not CI), plain
 * lines otherwise.
 */
export function resolveProgress(mode: ProgressMode, { env, stderr }: Io): Exclude<ProgressMode, 'auto'> {
  if (mode !== 'auto') return mode;
  const isCi = (env['CI'] ?? '') !== '' && env['CI'] !== 'false';
  return stderr.isTTY === true && env['TERM'] !== 'dumb' && !isCi ? 'tty' : 'plain';
}

/** The display of a run's progress on stderr; null for `none`. */
export function progressReporter(
  mode: Exclude<ProgressMode, 'auto'>,
  io: Io,
  colourFlag: boolean | undefined,
): Reporter | null {
  const write = (text: string): void => {
    io.stderr.write(text);
  };
  const nowMs = (): number => performance.now();
  switch (mode) {
    case 'tty':
      return ttyProgress({
        write,
        nowMs,
        size: () => sizeOf(io.stderr),
        color: wantsColour(colourFlag, io.env, io.stderr),
        onExit: io.onExit,
      });
    case 'plain':
      return plainProgress({ write, nowMs });
    case 'json':
      return jsonProgress({ write, wallMs: Date.now });
    case 'none':
      return null;
  }
}
