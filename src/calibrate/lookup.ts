import { NOT_CALIBRATED } from '../record/caveats.ts';
import type { CalibratedMachine, Calibration } from './calibration.ts';
import { differences } from './machine.ts';
import { readCalibration, type Stored } from './store.ts';

/** A calibration that holds for this machine, or why there is none. */
export type Lookup =
  | { readonly calibration: Calibration }
  | { readonly calibration: null; readonly reason: string };

/** Machines change in silence: updates, throttling, a host that is moved. */
const MOST_DAYS = 30;
const MS_PER_DAY = 86_400_000;
/** Clocks are set; more than this into the future is no calibration of the past. */
const FUTURE_TOLERANCE_MS = 3_600_000;

/** The stored calibration, where it holds here and now. */
export async function lookUpCalibration(
  path: string,
  machine: CalibratedMachine,
  nowMs: number,
): Promise<Lookup> {
  return judgeStored(await readCalibration(path), machine, nowMs);
}

/** Whether what is stored may be used. */
export function judgeStored(stored: Stored, machine: CalibratedMachine, nowMs: number): Lookup {
  const { calibration } = stored;
  if (calibration === null) return { calibration, reason: absence(stored.problem) };
  const reason = whyUnusable(calibration, machine, nowMs);
  return reason === null ? { calibration } : { calibration: null, reason };
}

function absence(problem: string | null): string {
  return problem === null ? NOT_CALIBRATED : `the calibration file can't be used: ${problem}`;
}

function whyUnusable(calibration: Calibration, machine: CalibratedMachine, nowMs: number): string | null {
  const changed = differences(calibration.machine, machine);
  if (changed.length > 0) return `the calibration is from another machine: ${changed.join('; ')}`;
  const ageMs = nowMs - Date.parse(calibration.calibratedAt);
  const day = calibration.calibratedAt.slice(0, 10);
  if (ageMs > MOST_DAYS * MS_PER_DAY) return `the calibration of ${day} is older than ${MOST_DAYS} days`;
  if (ageMs < -FUTURE_TOLERANCE_MS) return `the calibration is dated in the future: ${day}`;
  return null;
}
