import type { Draws } from './draws.ts';

/** Share of the attention that goes to what was written last, and how many events that is. */
const RECENT_SHARE = 0.7;
const RECENT_EVENTS = 500;
/** Numbers that are multiples of 2^11 are the hottest; every power of two below has as much attention in total. */
const HEAT_LEVELS = 12;

/**
 * The number of an event before event n, as attention is spent. Seven in ten go to the last 500 events, the newer
 * the more, the others to any. Rounding to a multiple of a random power of two makes a few events hot: one in 2^k is
 * drawn about 2^k times as often as most, which is a power law without any memory of what was drawn before.
 * @param n at least 1
 */
export function drawEarlier(draws: Draws, n: number): number {
  const isRecent = draws.chance(RECENT_SHARE);
  const unit = draws.unit();
  const back = isRecent ? Math.floor(unit * unit * Math.min(n, RECENT_EVENTS)) : Math.floor(unit * n);
  const earlier = n - 1 - back;
  return earlier - (earlier % 2 ** draws.int(HEAT_LEVELS));
}
