import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { ACKNOWLEDGED_FILE } from '../../audit/acknowledged-file.ts';
import { type AuditResult, audit } from '../../audit/audit.ts';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import { readRunRecord } from '../../record/read.ts';
import type { RunRecord } from '../../record/schema.ts';
import { relayAddresses } from '../../stack/relays.ts';
import { readState } from '../../stack/state.ts';
import { requireConsent } from '../consent.ts';
import type { CommandHost } from '../host.ts';
import { asTyped, relayUrl, repeatable } from '../options.ts';
import { defaultStackDir } from '../stack/stack-dir.ts';
import { resolveTargets } from '../target.ts';

interface AuditFlags {
  readonly relay?: readonly string[];
  readonly stackDir?: string;
  readonly insecure?: boolean;
  readonly iOwnThisRelay?: readonly string[];
  readonly json: boolean;
}

/** `audit`: what a finished run was promised is read back again; exit 99 where something is lost. */
export function addAudit(program: Command, host: CommandHost): void {
  program
    .command('audit')
    .description('read every acknowledged event of a run back from every relay; list what is lost')
    .argument('<run.json>', `record of the run; ${ACKNOWLEDGED_FILE} must lie beside it`)
    .option('--relay <url>', 'relay to ask, repeatable; default: the target of the run', repeatable(relayUrl))
    .option(
      '--stack-dir <dir>',
      'directory of the stack that was loaded; default: as for `stack up`',
      asTyped,
    )
    .option('--insecure', 'accept any TLS certificate of a wss:// relay')
    .option('--json', 'print the result as JSON', false)
    .option('--i-own-this-relay <host>', 'consent to ask this host; loopback needs none', repeatable(asTyped))
    .action(async (file: string, flags: AuditFlags) => {
      const record = await readRunRecord(file);
      const urls = flags.relay ?? targetsOf(record, flags, host);
      requireConsent(await resolveTargets(urls), flags.iOwnThisRelay ?? []);
      const result = await audit({
        file: join(dirname(resolve(file)), ACKNOWLEDGED_FILE),
        urls,
        insecure: flags.insecure === true,
      });
      host.io.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : render(result));
      if (result.found < result.acknowledged) host.finish(EXIT.gateFailed);
    });
}

/** The relays that the run loaded, as far as they are still there. @throws RelayBenchError `AUDIT_NO_TARGET` */
function targetsOf({ target }: RunRecord, { stackDir }: AuditFlags, { io }: CommandHost): readonly string[] {
  if (target.kind === 'url') return target.urls.map(relayUrl);
  const state = target.kind === 'stack' ? readState(resolve(stackDir ?? defaultStackDir(io.env))) : null;
  if (state !== null) return relayAddresses(state);
  const what = target.kind === 'stack' ? 'stack' : 'embedded relay';
  throw new RelayBenchError(`the ${what} of this run is gone, and its events with it`, {
    code: 'AUDIT_NO_TARGET',
    hint: 'name the relays with --relay, or the directory of the stack with --stack-dir',
    exitCode: EXIT.unreachable,
  });
}

function render({ acknowledged, found, lost, relays }: AuditResult): string {
  const missing = acknowledged - found;
  const more = missing > lost.length ? [`… and ${missing - lost.length} more`] : [];
  const head = `${acknowledged} acknowledged, ${found} found on each of ${relays} relays, ${missing} lost`;
  return `${[head, ...lost, ...more].join('\n')}\n`;
}
