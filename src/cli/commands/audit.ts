import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { audit } from '../../audit/audit.ts';
import type { AuditedEdges } from '../../audit/edges.ts';
import { HISTORY_FILE } from '../../audit/history-file.ts';
import { EXIT, type ExitCode } from '../../base/exit-codes.ts';
import type { VerifierChoice } from '../../base/verifier-choice.ts';
import type { Audit } from '../../record/audit-schema.ts';
import { readRunRecord } from '../../record/read.ts';
import type { RunRecord } from '../../record/schema.ts';
import { renderAudit } from '../../report/audit.ts';
import { requireConsent } from '../consent.ts';
import type { CommandHost } from '../host.ts';
import { durationMs, relayUrl, repeatable } from '../options.ts';
import { addAskingOptions, edgesOfRun, relaysOfRun } from '../relays-of-run.ts';
import { EDGE_STALE_MAX_MS, PROBES } from '../run/audit-run.ts';
import { resolveTargets } from '../target.ts';
import { verifierOption } from '../verifier-option.ts';

interface AuditFlags {
  readonly relay?: readonly string[];
  readonly edge?: readonly string[];
  readonly maxStale?: number;
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
    .option(
      '--edge <url>',
      'relay that serves what those keep, read back too, repeatable; default: the edges of the stack',
      repeatable(relayUrl),
    )
    .option('--max-stale <time>', 'how old what an edge serves may be; default: 30s', durationMs())
    .option('--probe', `publish ${PROBES} events to see whether they are read at once (I3)`, false);
  addAskingOptions(command, 'the result').action(async (file: string, flags: AuditFlags) => {
    const record = await readRunRecord(file);
    const urls = flags.relay ?? relaysOfRun(record, flags.stackDir, host);
    const audited = edgesFor(record, flags, host);
    requireConsent(
      await resolveTargets([...urls, ...(audited?.edges ?? []).map(({ url }) => url)]),
      flags.iOwnThisRelay ?? [],
    );
    const result = await audit({
      file: join(dirname(resolve(file)), HISTORY_FILE),
      record,
      urls,
      edges: audited,
      insecure: flags.insecure === true,
      authUrl: flags.authUrl,
      ...(flags.verifier === undefined ? {} : { verifier: flags.verifier }),
      probing: flags.probe ? { events: PROBES } : { reason: 'nothing is published without --probe' },
    });
    host.io.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : renderAudit(result));
    const exitCode = exitCodeOf(result);
    if (exitCode !== EXIT.ok) host.finish(exitCode);
  });
}

function exitCodeOf({ invariants = [], found, acknowledged, edges }: Audit): ExitCode {
  const isBroken = invariants.some(({ violated }) => violated > 0);
  if (found < acknowledged || isBroken) return EXIT.gateFailed;
  return edges?.notAsked === undefined ? EXIT.ok : EXIT.unreachable;
}

/** Those that are named; without names of relays those of the stack. */
function edgesFor(record: RunRecord, flags: AuditFlags, host: CommandHost): AuditedEdges | undefined {
  const named = flags.edge?.map((url, at) => ({ name: `edge ${at + 1}`, url }));
  const ofStack = flags.relay === undefined ? edgesOfRun(record, flags.stackDir, host) : [];
  const edges = named ?? ofStack;
  return edges.length === 0 ? undefined : { edges, staleMaxMs: flags.maxStale ?? EDGE_STALE_MAX_MS };
}
