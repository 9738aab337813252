import type { RunRecord } from '../../record/schema.ts';
import { duration } from '../quantity.ts';

type Fault = RunRecord['faults'][number];

const US_PER_MS = 1_000;

/** What was broken on purpose and how soon that was over, in a few words; null where nothing was broken. */
export function faultFinding({ faults }: Pick<RunRecord, 'faults'>): string | null {
  const [first, ...others] = faults;
  if (first === undefined) return null;
  return others.length === 0
    ? `${first.action} ${first.on}: ${recoveryOfOne(first)}`
    : `${faults.length} faults: ${recoveryOfAll(faults)}`;
}

function recoveryOfOne({ recoveredMs }: Fault): string {
  if (recoveredMs === null) return 'not recovered within the run';
  return recoveredMs === 0 ? 'no client noticed' : `recovered after ${milliseconds(recoveredMs)}`;
}

function recoveryOfAll(faults: readonly Fault[]): string {
  const times = faults.flatMap(({ recoveredMs }) => recoveredMs ?? []);
  const open = faults.length - times.length;
  if (open > 0) return `${open} not recovered from within the run`;
  const slowest = Math.max(...times);
  return slowest === 0
    ? 'no client noticed'
    : `recovered from all, the slowest after ${milliseconds(slowest)}`;
}

function milliseconds(ms: number): string {
  return duration(ms * US_PER_MS);
}
