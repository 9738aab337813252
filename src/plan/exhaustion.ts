import type { PacedStream } from './pacer.ts';
import { createPacer } from './pacer.ts';
import type { PlannedPhase } from './parts.ts';

/**
 * When a stream runs out of events: between its last arrival and the next one, which would have no event. Null where
 * the events last as long as the phases.
 * @param stream with a `limit` or with recorded times
 */
export function exhaustionNs(
  stream: PacedStream,
  phases: readonly PlannedPhase[],
  seed: number,
): number | null {
  const endNs = phases.at(-1)?.endNs ?? 0;
  const cutNs =
    stream.recordedNs === undefined ? lastOf(stream, phases, seed) : endOfRecord(stream.recordedNs);
  return cutNs !== null && cutNs < endNs ? cutNs : null;
}

function lastOf(
  { limit, ...unlimited }: PacedStream,
  phases: readonly PlannedPhase[],
  seed: number,
): number | null {
  if (limit === undefined || limit === Number.POSITIVE_INFINITY) return null;
  const pacer = createPacer(unlimited, phases, seed, { index: 0, count: 1 });
  let lastNs = 0;
  while (pacer.peekNumber() < limit) {
    lastNs = pacer.peekNs();
    if (lastNs === Number.POSITIVE_INFINITY) return null;
    pacer.advance();
  }
  // Several arrivals may be due at once.
  while (pacer.peekNs() === lastNs) pacer.advance();
  const nextNs = pacer.peekNs();
  return nextNs === Number.POSITIVE_INFINITY ? null : Math.round((lastNs + nextNs) / 2);
}

/** As long after the last one as they are apart on average. */
function endOfRecord(timesNs: Float64Array): number | null {
  const lastNs = timesNs.at(-1);
  return lastNs === undefined ? null : Math.round(lastNs + lastNs / Math.max(1, timesNs.length - 1)) + 1;
}

/** The phases up to an offset; the one in which it lies ends there, at the level that it has reached. */
export function cutPhases(phases: readonly PlannedPhase[], cutNs: number): readonly PlannedPhase[] {
  return phases
    .filter(({ startNs }) => startNs < cutNs)
    .map((phase) =>
      phase.endNs <= cutNs ? phase : { ...phase, endNs: cutNs, levelEnd: levelAt(phase, cutNs) },
    );
}

function levelAt({ startNs, endNs, levelStart, levelEnd }: PlannedPhase, atNs: number): number {
  return levelStart + ((levelEnd - levelStart) * (atNs - startNs)) / (endNs - startNs);
}
