import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { audit } from '../../audit/audit.ts';
import { HISTORY_FILE } from '../../audit/history-file.ts';
import { EXIT } from '../../base/exit-codes.ts';
import type { VerifierChoice } from '../../base/verifier-choice.ts';
import { readRunRecord } from '../../record/read.ts';
import { renderAudit } from '../../report/audit.ts';
import { requireConsent } from '../consent.ts';
import type { CommandHost } from '../host.ts';
import { addAskingOptions, relaysOfRun } from '../relays-of-run.ts';
import { PROBES } from '../run/audit-run.ts';
import { resolveTargets } from '../target.ts';
import { verifierOption } from '../verifier-option.ts';

interface AuditFlags {
  readonly relay?: readonly string[];
  readonly stackDir?: string;
  readonly insecure?: boolean;
  readonly authUrl?: string;
  readonly verifier?: VerifierChoice;
  readonly iOwnThisRelay?: readonly string[];
  readonly probe: boolean;
  readonly json: boolean;
}

/** `audit`: what a finished run was promised is checked again; exit 99 where something is lost or an invariant is broken. */
export function addAudit(program: Command, host: CommandHost): void {
  const command = program
    .command('audit')
    .description(
      'read back from every relay what a run has published; list what is lost and which invariants are broken',
    )
    .argument('<run.json>', `record of the run; ${HISTORY_FILE} must lie beside it`)
    .addOption(verifierOption())
    .option('--probe', `publish ${PROBES} events to see whether they are read at once (I3)`, false);
  addAskingOptions(command, 'the result').action(async (file: string, flags: AuditFlags) => {
    const record = await readRunRecord(file);
    const urls = flags.relay ?? relaysOfRun(record, flags.stackDir, host);
    requireConsent(await resolveTargets(urls), flags.iOwnThisRelay ?? []);
    const result = await audit({
      file: join(dirname(resolve(file)), HISTORY_FILE),
      record,
      urls,
      insecure: flags.insecure === true,
      authUrl: flags.authUrl,
      ...(flags.verifier === undefined ? {} : { verifier: flags.verifier }),
      probing: flags.probe ? { events: PROBES } : { reason: 'nothing is published without --probe' },
    });
    host.io.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : renderAudit(result));
    const isBroken = result.invariants?.some(({ violated }) => violated > 0) === true;
    if (result.found < result.acknowledged || isBroken) host.finish(EXIT.gateFailed);
  });
}
