import { EXIT } from '../../base/exit-codes.ts';
import { stackChecks } from '../doctor/programs.ts';
import { showChecks } from '../doctor/show-checks.ts';
import type { CommandHost } from '../host.ts';

/** `stack doctor`: what `doctor` says of the programs of a stack; exit 3 where one is missing. */
export async function runStackDoctor(host: CommandHost): Promise<void> {
  const checks = await stackChecks(host);
  showChecks(checks, host);
  if (checks.some(({ verdict }) => verdict !== 'ok')) host.finish(EXIT.unreachable);
}
