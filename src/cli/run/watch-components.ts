import type { OnProgress, ProgressEvent } from '../../result/progress.ts';

/** What runs while the measured phases do; both may be called again without an effect. */
export interface Watch {
  start(): void;
  stop(): unknown;
}

/**
 * Passes progress on and lets `watches` run exactly while the measured phases do: they start when the first one
 * begins and stop when draining begins (or when the caller stops them, after a run that ended early).
 */
export function sampleDuringMeasuredPhases(watches: readonly Watch[], next: OnProgress): OnProgress {
  let timer: NodeJS.Timeout | undefined;
  return (event) => {
    if (event.type === 'started') {
      timer = setTimeout(() => {
        for (const watch of watches) watch.start();
      }, measuredStartMs(event)).unref();
    } else if (event.type === 'draining' || event.type === 'finished') {
      clearTimeout(timer);
      for (const watch of watches) watch.stop();
    }
    next(event);
  };
}

/** Milliseconds from the start of the load to the first measured phase; 0 where none is left out. */
function measuredStartMs({ phases }: Extract<ProgressEvent, { type: 'started' }>): number {
  return (phases.find((phase) => phase.kind === 'measured')?.start_s ?? 0) * 1_000;
}
