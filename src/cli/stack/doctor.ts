import { EXIT } from '../../base/exit-codes.ts';
import { showFindings } from '../doctor/show-findings.ts';
import { stackFindings } from '../doctor/stack-findings.ts';
import type { CommandHost } from '../host.ts';

/** `stack doctor`: what `doctor` says of the programs of a stack; exit 3 where one is missing. */
export async function runStackDoctor(host: CommandHost): Promise<void> {
  const findings = await stackFindings(host);
  showFindings(findings, host);
  if (findings.some(({ verdict }) => verdict !== 'ok')) host.finish(EXIT.unreachable);
}
