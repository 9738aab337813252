import type { Lookup } from '../../calibrate/lookup.ts';
import type { MachineCheck } from './examine.ts';

/** Whether the ceiling of this machine is known; nothing is refused where it is not. */
export function examineCalibration(found: Lookup): MachineCheck {
  const name = 'calibration';
  if (found.calibration !== null) {
    const value = found.calibration.calibratedAt.slice(0, 10);
    return { verdict: 'ok', name, value, allows: 'runs say how near the generator came to its limit' };
  }
  return {
    verdict: 'warning',
    name,
    value: 'none',
    allows: `runs can't say how near the generator came to its limit: ${found.reason.replaceAll('`', '')}`,
    advice: 'relay-bench calibrate, once, while nothing else runs; it takes about a minute',
  };
}
