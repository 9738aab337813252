import { monotonicNs, NS_PER_S } from '../../base/clock.ts';
import { until } from '../../base/until.ts';
import type { Shard } from '../../plan/parts.ts';
import type { Plan } from '../../plan/plan.ts';
import type { ArrivalSchedule } from '../../workload/frame-ahead.ts';
import { OpeningStream } from '../../workload/opening-stream.ts';
import type { ClientHub } from './client-hub.ts';
import { LoadLoop } from './load-loop.ts';
import { sleptNs } from './slept.ts';
import { TICKERS } from './ticker.ts';

/** Connection c of the run is scheduled c / rate after the start of the ramp, whichever worker opens it. */
export function rampSchedule(plan: Pick<Plan, 'connections'>, shard: Shard): ArrivalSchedule {
  const { count, rate_per_s } = plan.connections;
  let number = shard.index;
  return {
    peekNs: () => (number < count ? (number / rate_per_s) * NS_PER_S : Number.POSITIVE_INFINITY),
    peekNumber: () => number,
    advance: () => {
      number += shard.count;
    },
  };
}

/** Open this worker's connections on their schedule and wait until every handshake has ended. */
export async function runRamp(plan: Plan, shard: Shard, startNs: number, hub: ClientHub): Promise<void> {
  const stream = new OpeningStream({
    schedule: rampSchedule(plan, shard),
    start: { monotonicNs: startNs },
    open: (number, scheduledNs) => hub.open(number, scheduledNs),
    opening: () => hub.opening,
  });
  const loop = new LoadLoop({
    streams: [stream],
    flush: () => undefined,
    createTicker: TICKERS[plan.scheduler],
    clock: monotonicNs,
    endNs: startNs,
    // Opening has no writes to share.
    connections: 0,
    catchUp: false,
    received: () => 0,
    opening: () => hub.opening,
    sleptNs,
  });
  await loop.run();
  await until(() => hub.opening === 0);
}
