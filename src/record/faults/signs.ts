import { MOMENT_MS, type Moments } from '../../result/moments.ts';

/** A silence is a sign where it lasts so much longer than the longest one before. */
const LONGER = 2;
const SHORTEST_SILENCE_MS = 100;

/** What is usual, as far as a sign is told from it. */
export interface Usual {
  readonly silenceMs: number;
  /** Whether errors are usual, so that one more is no sign. */
  readonly hasErrors: boolean;
}

/**
 * When clients first saw that something was wrong: an error, or a longer silence than is usual.
 * @param fromMs when the fault struck, and `toMs` when the next one did or the load ended; after its start
 * @returns ms after its start; null where they saw nothing
 */
export function firstSignMs(
  { answers, errors }: Moments,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  { silenceMs, hasErrors }: Usual,
): number | null {
  const boundMs = Math.max(SHORTEST_SILENCE_MS, LONGER * silenceMs);
  let silentMs = 0;
  for (let at = Math.floor(fromMs / MOMENT_MS); at < Math.ceil(toMs / MOMENT_MS); at++) {
    const endMs = (at + 1) * MOMENT_MS;
    silentMs = (answers[at] ?? 0) > 0 ? 0 : silentMs + MOMENT_MS;
    if (silentMs > boundMs || (!hasErrors && (errors[at] ?? 0) > 0)) return Math.max(endMs, fromMs);
  }
  return null;
}
