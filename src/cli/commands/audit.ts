import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { ACKNOWLEDGED_FILE } from '../../audit/acknowledged-file.ts';
import { type AuditResult, audit } from '../../audit/audit.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { advertisedOf } from '../../judge/advertised.ts';
import { readRunRecord } from '../../record/read.ts';
import { requireConsent } from '../consent.ts';
import type { CommandHost } from '../host.ts';
import { addAskingOptions, relaysOfRun } from '../relays-of-run.ts';
import { resolveTargets } from '../target.ts';

interface AuditFlags {
  readonly relay?: readonly string[];
  readonly stackDir?: string;
  readonly insecure?: boolean;
  readonly authUrl?: string;
  readonly iOwnThisRelay?: readonly string[];
  readonly json: boolean;
}

/** `audit`: what a finished run was promised is read back again; exit 99 where something is lost. */
export function addAudit(program: Command, host: CommandHost): void {
  const command = program
    .command('audit')
    .description('read every acknowledged event of a run back from every relay; list what is lost')
    .argument('<run.json>', `record of the run; ${ACKNOWLEDGED_FILE} must lie beside it`);
  addAskingOptions(command, 'the result').action(async (file: string, flags: AuditFlags) => {
    const record = await readRunRecord(file);
    const urls = flags.relay ?? relaysOfRun(record, flags.stackDir, host);
    requireConsent(await resolveTargets(urls), flags.iOwnThisRelay ?? []);
    const result = await audit({
      file: join(dirname(resolve(file)), ACKNOWLEDGED_FILE),
      urls,
      insecure: flags.insecure === true,
      authUrl: flags.authUrl,
      maxLimit: advertisedOf(record.target.nip11).maxLimit,
    });
    host.io.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : render(result));
    if (result.found < result.acknowledged) host.finish(EXIT.gateFailed);
  });
}

function render({ acknowledged, found, lost, relays }: AuditResult): string {
  const missing = acknowledged - found;
  const more = missing > lost.length ? [`… and ${missing - lost.length} more`] : [];
  const head = `${acknowledged} acknowledged, ${found} found on each of ${relays} relays, ${missing} lost`;
  return `${[head, ...lost, ...more].join('\n')}\n`;
}
