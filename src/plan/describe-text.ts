import { formatDurationMs } from '../base/duration.ts';
import type { ArrivalsSpec } from '../scenario/fields.ts';
import { measuredArrivals } from './planned-arrivals.ts';
import type { PlanView } from './workload-planner.ts';

/** How many operations of a stream there are, and how they are spaced. @param noun what they are called */
export function streamText(plan: PlanView, name: string, noun: string): string {
  if (plan.load.model === 'closed') return 'as fast as replies allow';
  const stream = plan.streams.find((candidate) => candidate.name === name);
  if (stream === undefined) return 'nothing';
  const measured = whole(measuredArrivals(plan, name));
  const spacing = stream.recordedNs === undefined ? arrivalsText(stream.arrivals) : 'at the recorded pace';
  return `${perSecond(stream.rate_per_s)}, ${spacing}; ${measured} measured of ${whole(stream.total)} ${noun}`;
}

function arrivalsText(arrivals: ArrivalsSpec): string {
  if (typeof arrivals === 'string') return arrivals;
  if (arrivals.pattern === 'burst') return `bursts of ${whole(arrivals.size)}`;
  return `evenly, ${number(arrivals.by)} of a gap later`;
}

/** After how long an operation is given up. */
export function timeoutText({ timeoutMs }: { readonly timeoutMs: number }): string {
  return `timeout ${formatDurationMs(timeoutMs)}`;
}

/** Such as `200/s`. */
export function perSecond(rate_per_s: number): string {
  return `${number(rate_per_s)}/s`;
}

/** Without decimals. */
export function whole(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** At most two decimals. */
export function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}
