import { NS_PER_S } from '../../base/clock.ts';

/** Events that other clients may publish in a second while a query waits. */
const FOREIGN_PER_S = 1_000;
/** Where replies set the pace nothing is scheduled. */
const CLOSED_PER_S = 50_000;

/**
 * At most how many events can have come live since a query that was written so long ago, generously.
 * @param published_per_s events that the run itself publishes in a second at its highest level
 */
export function liveBound({
  isClosed,
  published_per_s,
}: {
  readonly isClosed: boolean;
  readonly published_per_s: number;
}): (sinceNs: number) => number {
  const perSecond = FOREIGN_PER_S + (isClosed ? CLOSED_PER_S : 2 * published_per_s);
  // What was acknowledged a moment before may be on its way still.
  return (sinceNs) => perSecond * (1 + sinceNs / NS_PER_S);
}
