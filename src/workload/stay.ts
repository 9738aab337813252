import { NS_PER_MS } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { Stay } from '../plan/stay.ts';

/** A standard normal number (Box and Muller 1958). */
function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return radius * Math.cos(2 * Math.PI * random.next());
}

/** How long a client stays that comes now, ns. */
export function drawStayNs({ medianMs, sigma }: Stay, random: Random): number {
  return medianMs * Math.exp(sigma * normal(random)) * NS_PER_MS;
}

/**
 * How much longer a client stays that is met at some moment, ns. Who stays long is met more often (in proportion to the
 * stay: of a lognormal distribution that is another one, its median e^σ² times as high), somewhere within the stay.
 */
export function drawRestNs({ medianMs, sigma }: Stay, random: Random): number {
  const met = { medianMs: medianMs * Math.exp(sigma * sigma), sigma };
  return random.next() * drawStayNs(met, random);
}
