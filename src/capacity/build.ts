import { limitOf, type Trial } from './bracket.ts';
import { kneeOf } from './knee.ts';
import { CAPACITY_VERSION, type Capacity, type CapacityStep } from './schema.ts';

/** What a search was about and what it did. */
export type CapacityInput = Omit<
  Capacity,
  'capacityVersion' | 'limit' | 'knee' | 'firstToFail' | 'steps' | 'caveats'
> & {
  readonly steps: readonly CapacityStep[];
  /** Besides those that follow from the steps. */
  readonly caveats: readonly string[];
};

/** The finished document: limit, knee and what failed first follow from the steps. */
export function buildCapacity({ steps, caveats, ...input }: CapacityInput): Capacity {
  const limit = limitOf(trialsOf(steps, input.of));
  const last = steps.at(-1);
  const other = last === undefined ? null : input.of === 'rate' ? last.connections : last.rate_per_s;
  return {
    capacityVersion: CAPACITY_VERSION,
    ...input,
    limit: {
      rate_per_s: input.of === 'rate' ? limit.value : other,
      connections: input.of === 'rate' ? other : limit.value,
      low: limit.low,
      high: limit.high,
      atLeast: limit.atLeast,
      confirmed: limit.confirmed,
    },
    knee: kneeOf(steps),
    firstToFail: firstToFail(steps, input.of),
    steps: [...steps],
    caveats: [...caveats, ...caveatsOf(steps)],
  };
}

/** The steps as the search sees them: those that were interrupted say nothing. */
export function trialsOf(steps: readonly CapacityStep[], of: Capacity['of']): readonly Trial[] {
  return steps.flatMap(({ verdict, rate_per_s, connections }) =>
    verdict === 'stopped' ? [] : [{ level: of === 'rate' ? rate_per_s : connections, verdict }],
  );
}

/** What broke at the lowest level at which something did. */
function firstToFail(steps: readonly CapacityStep[], of: Capacity['of']): Capacity['firstToFail'] {
  const { high } = limitOf(trialsOf(steps, of));
  const level = (step: CapacityStep): number => (of === 'rate' ? step.rate_per_s : step.connections);
  const found = steps.findLast((step) => step.verdict === 'broken' && level(step) === high);
  if (found === undefined) return null;
  const { rate_per_s, connections, reason, failed } = found;
  return { rate_per_s, connections, reason, gates: failed };
}

function caveatsOf(steps: readonly CapacityStep[]): string[] {
  const invalid = steps.filter(({ verdict }) => verdict === 'invalid').length;
  const restless = steps.filter(({ coolDown }) => coolDown?.calm === false).length;
  const text = (count: number): string => (count === 1 ? '1 step' : `${count} steps`);
  return [
    ...(invalid === 0
      ? []
      : [`the generator could not carry out ${text(invalid)}, which say nothing of the relay`]),
    ...(restless === 0 ? [] : [`after ${text(restless)} the target had not come to rest before the next`]),
  ];
}
