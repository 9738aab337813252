import type { Command } from 'commander';
import { EXIT } from '../../base/exit-codes.ts';
import { loadNativeSchnorr } from '../../nostr/schnorr-native.ts';
import { findCalibration } from '../calibrate/find-calibration.ts';
import { examine } from '../doctor/examine.ts';
import { examineCalibration } from '../doctor/examine-calibration.ts';
import { examineVerifier } from '../doctor/examine-verifier.ts';
import { readMachineFacts } from '../doctor/facts.ts';
import { stackChecks } from '../doctor/programs.ts';
import { showChecks } from '../doctor/show-checks.ts';
import type { CommandHost } from '../host.ts';
import { programPath } from '../stack/stack-dir.ts';

/** `doctor`: what this machine allows and what to do about it; exit 3 where no run is possible. */
export function addDoctor(program: Command, host: CommandHost): void {
  program
    .command('doctor')
    .description('check the limits and programs of this machine and say what they allow')
    .action(async () => {
      const checks = [
        ...examine(readMachineFacts()),
        ...examineCalibration(await findCalibration(host.io.env)),
        examineVerifier(loadNativeSchnorr(), programPath(host.io.env)),
        ...(await stackChecks(host)),
      ];
      showChecks(checks, host);
      if (checks.some((check) => check.verdict === 'problem')) host.finish(EXIT.unreachable);
    });
}
