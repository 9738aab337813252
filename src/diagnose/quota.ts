import type { Cause, Suspect } from './causes.ts';
import { surenessOf } from './processes.ts';
import { type Kind, meanOf, type Part, partsOf, secondsWith, type View } from './view.ts';
import { ofText, percentText, shortNumber, spansText } from './words.ts';

/** From this part of its periods on it is the quota that a part waits for, whatever its mean use of the CPU is. */
const THROTTLED = 0.5;

const CAUSE_OF: Readonly<Partial<Record<Kind, Cause>>> = {
  haproxy: 'haproxy',
  'haproxy-db': 'haproxy-db',
  redis: 'redis',
  relay: 'relay-loop',
  primary: 'postgres-cpu',
  replica: 'postgres-cpu',
};

/** Parts that had used up what their control group lets them use of the CPU, as containers have it. */
export function cappedParts(view: View): readonly Suspect[] {
  return partsOf(view, 'haproxy', 'haproxy-db', 'redis', 'relay', 'primary', 'replica').flatMap((part) => {
    const cause = CAUSE_OF[part.kind];
    return cause === undefined ? [] : capped(view, part, cause);
  });
}

function capped(view: View, part: Part, cause: Cause): readonly Suspect[] {
  const seconds = secondsWith(view, part, ({ throttled }) => (throttled ?? 0) >= THROTTLED);
  const sureness = surenessOf(seconds, view.seconds);
  if (sureness === null) return [];
  const share = meanOf(seconds.map((t) => part.samples.get(t)?.throttled ?? null)) ?? 0;
  const cores = part.usage.cpuQuota;
  const quota = cores === undefined ? 'its CPU quota' : `its CPU quota of ${shortNumber(cores)} cores`;
  const text = `${part.name} had used up ${quota} in ${percentText(share)} of the periods in ${ofText(seconds, view.seconds)} (${spansText(seconds)})`;
  const remedy = 'raise the CPU quota of its control group: the part itself may have work for more';
  return [{ cause, component: part.name, sureness, seconds, evidence: [text], remedy }];
}
