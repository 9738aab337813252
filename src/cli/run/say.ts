import type { Lookup } from '../../calibrate/lookup.ts';
import type { RelayInformationResult } from '../../nostr/nip11-fetch.ts';
import type { Plan } from '../../plan/plan.ts';
import { missingNips } from '../fit/meet-limits.ts';
import type { CommandHost } from '../host.ts';
import type { StopSignal } from '../io.ts';
import type { RunFlags } from './flags.ts';
import { resolveProgress } from './progress.ts';

// Lines of a run on stderr beside its progress; none where programs read there, or nobody does.

/** Where to, and how. */
interface Sayer {
  readonly host: CommandHost;
  readonly flags: RunFlags;
}

/** A run whose relay has said what it is. */
interface Checked extends Sayer {
  readonly plan: Plan;
  readonly information: RelayInformationResult;
}

/** Before the load; the report says it again. */
export function sayRemarks(remarks: readonly string[], { host: { io }, flags }: Sayer): void {
  if (['json', 'none'].includes(resolveProgress(flags.progress, io))) return;
  for (const remark of remarks) io.stderr.write(`${remark}\n`);
}

/** Once a run, before it; its report only says what could not be measured. */
export function sayNotCalibrated({ calibration }: Lookup, { host: { io }, flags }: Sayer): void {
  if (calibration !== null || ['json', 'none'].includes(resolveProgress(flags.progress, io))) return;
  io.stderr.write(
    'not calibrated: how near the generator comes to its limit is unknown; relay-bench calibrate measures that once\n',
  );
}

/** Before the run, which may then measure nothing but refusals; its report says it again. */
export function sayMissingNips({ plan, information, host: { io }, flags }: Checked): void {
  if (['json', 'none'].includes(resolveProgress(flags.progress, io))) return;
  for (const line of missingNips({ plan, information: information.information }))
    io.stderr.write(`${line}\n`);
}

/** Told to whoever listens for signals. */
export function sayStopping({ host, flags }: Sayer): (signal: StopSignal) => void {
  const { io } = host;
  // The live block would be torn by a line between its frames, and it shows the drain itself.
  const isQuiet = ['tty', 'json', 'none'].includes(resolveProgress(flags.progress, io));
  return (signal) => {
    if (!isQuiet) io.stderr.write(`${signal}: stopping, a second signal ends at once\n`);
  };
}
