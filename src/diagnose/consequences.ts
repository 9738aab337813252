import type { Cause, Suspect } from './causes.ts';
import { meanCpu, type View } from './view.ts';

/**
 * What else shows in a part that waits for its quota follows from that: queues in front of it, locks that a halted statement
 * holds. The same cause is told once, with the figures of both.
 */
export function withoutConsequences(
  capped: readonly Suspect[],
  others: readonly Suspect[],
): readonly Suspect[] {
  const capOf = ({ component }: Suspect): Suspect | undefined =>
    capped.find((one) => component !== null && one.component === component);
  const first = capped.map((cap) => {
    const same = others.filter((one) => capOf(one) === cap && one.cause === cap.cause);
    return { ...cap, evidence: [...cap.evidence, ...same.flatMap(({ evidence }) => evidence)] };
  });
  const rest = others.flatMap((one) => {
    const cap = capOf(one);
    if (cap === undefined) return [one];
    return cap.cause === one.cause ? [] : [{ ...one, sureness: 'possible' as const }];
  });
  return [...first, ...rest];
}

/** What a relay shows as well that merely does not get a core: its event loop and its threads take their time from the clock. */
const BY_THE_CLOCK: ReadonlySet<Cause> = new Set(['relay-loop', 'verification']);
/** Whoever used less had no core to itself. */
const OWN_CORE = 0.5;

/** Where all cores were busy, a relay that had little of them waited for a core: what else shows in it follows from that. */
export function withoutStarved(view: View, suspects: readonly Suspect[]): readonly Suspect[] {
  if (suspects.every(({ cause }) => cause !== 'machine')) return suspects;
  const coresOf = ({ component, seconds }: Suspect): number => {
    const part = view.parts.find(({ name }) => name === component);
    return part === undefined
      ? Number.POSITIVE_INFINITY
      : (meanCpu(part, seconds) ?? Number.POSITIVE_INFINITY);
  };
  return suspects.map((one) =>
    BY_THE_CLOCK.has(one.cause) && coresOf(one) < OWN_CORE ? { ...one, sureness: 'possible' as const } : one,
  );
}
