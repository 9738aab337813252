import type { Plot } from './plot.ts';
import { xDomain, yDomain } from './scale.ts';
import { linearTicks, logTicks, type Tick, tickText } from './ticks.ts';

const X_TICKS = 6;
const Y_TICKS = 5;

/** Marks of the y axis. */
export function yTicks(plot: Plot): Tick[] {
  const domain = yDomain(plot);
  return plot.y.log === true
    ? logTicks(domain, plot.y.unit)
    : linearTicks(domain, Y_TICKS, plot.y.unit).filter((tick) => tick.value <= domain[1]);
}

/** Marks of the x axis; percentiles have one at each nine and at the median. */
export function xTicks(plot: Plot): Tick[] {
  const domain = xDomain(plot);
  const ticks = linearTicks(domain, X_TICKS, plot.x.unit);
  if (plot.x.unit !== 'nines') return ticks;
  const whole = ticks.filter((tick) => Number.isInteger(tick.value));
  const median = Math.log10(2);
  return [...whole, { value: median, text: tickText(median, 'nines') }];
}
