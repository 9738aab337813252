import type { OnTime } from '../../calibrate/calibration.ts';
import type { Lookup } from '../../calibrate/lookup.ts';
import type { MachineCheck } from './examine.ts';

/** Whether the ceiling of this machine is known, and what it can offer on time; nothing is refused where it is not. */
export function examineCalibration(found: Lookup): MachineCheck[] {
  return found.calibration === null
    ? [examineCeiling(found)]
    : [examineCeiling(found), ...found.calibration.onTime.map(rateOnTime)];
}

/** Being on time is not all that a run in doubt of its generator lacks: above 70 % of the ceiling it stays in doubt. */
function rateOnTime({ connections, rate_per_s }: OnTime): MachineCheck {
  const [rate, many] = [rate_per_s, connections].map((value) => Math.floor(value).toLocaleString('en-US'));
  return {
    verdict: 'ok',
    name: 'rate on time',
    value: `${rate} events/s`,
    allows: `on time up to this rate for each worker, on ${many} ${connections === 1 ? 'connection' : 'connections'}`,
  };
}

function examineCeiling(found: Lookup): MachineCheck {
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
    advice: 'relay-bench calibrate, once, while nothing else runs; it takes two to three minutes',
  };
}
