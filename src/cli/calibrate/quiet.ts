import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import type { OtherPrograms } from '../../observe/other-programs.ts';
import { visible } from '../../report/escape.ts';

/** Above this load average per core other programs take CPU from what is measured. */
const QUIET_LOAD_PER_CPU = 0.5;
/** More than this part of the machine used by others while it was measured makes the result too low. */
const QUIET_SHARE = 0.1;

/** Before minutes are spent on a result that nobody should keep. @throws RelayBenchError `MACHINE_BUSY` */
export function requireQuiet(loadAverage: number, cpus: number): void {
  if (loadAverage <= QUIET_LOAD_PER_CPU * cpus) return;
  throw tooBusy(
    `other programs use the cores (load average ${loadAverage.toFixed(1)} on ${cpus}): nothing was measured`,
  );
}

/** Who used how much of the machine; null where it was little, or where that can't be known. */
export function busyText(others: OtherPrograms | null, cpus: number): string | null {
  if (others === null || others.cores <= QUIET_SHARE * cpus) return null;
  const names = others.programs.slice(0, 2).map(({ name }) => visible(name));
  return `${names.length === 0 ? 'other programs' : names.join(' and ')} used ${others.cores.toFixed(1)} of ${cpus} cores`;
}

/** A result that nobody should keep (exit 3). */
export function tooBusy(message: string): RelayBenchError {
  return new RelayBenchError(message, {
    code: 'MACHINE_BUSY',
    hint: 'end the other programs and calibrate again; --even-if-busy saves a ceiling that is too low',
    exitCode: EXIT.unreachable,
  });
}
