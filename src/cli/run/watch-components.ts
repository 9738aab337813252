import type { ProcessSampler } from '../../observe/sample-processes.ts';
import type { OnProgress, ProgressEvent } from '../../result/progress.ts';

/**
 * Passes progress on and lets `sampler` run exactly while the measured phases do: it starts when the first one
 * begins and stops when draining begins (or when the caller stops it, after a run that ended early).
 */
export function sampleDuringMeasuredPhases(sampler: ProcessSampler, next: OnProgress): OnProgress {
  let timer: NodeJS.Timeout | undefined;
  return (event) => {
    if (event.type === 'started') {
      timer = setTimeout(() => sampler.start(), measuredStartMs(event)).unref();
    } else if (event.type === 'draining' || event.type === 'finished') {
      clearTimeout(timer);
      sampler.stop();
    }
    next(event);
  };
}

/** Milliseconds from the start of the load to the first measured phase; 0 where none is left out. */
function measuredStartMs({ phases }: Extract<ProgressEvent, { type: 'started' }>): number {
  return (phases.find((phase) => phase.kind === 'measured')?.start_s ?? 0) * 1_000;
}
