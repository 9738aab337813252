import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { EdgeAddress } from '../audit/edges.ts';
import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import type { RunRecord } from '../record/schema.ts';
import { edgeAddresses } from '../stack/edges.ts';
import { relayAddresses } from '../stack/relays.ts';
import { readState } from '../stack/state.ts';
import type { CommandHost } from './host.ts';
import { asTyped, authUrl, relayUrl, repeatable } from './options.ts';
import { defaultStackDir } from './stack/stack-dir.ts';

/**
 * The relays that the run loaded, as far as they are still there.
 * @throws RelayBenchError `AUDIT_NO_TARGET`; `CLEANED_UP` where what it published was deleted at its end
 */
export function relaysOfRun(
  { target, cleanUp }: RunRecord,
  stackDir: string | undefined,
  { io }: CommandHost,
): readonly string[] {
  const deleted = cleanUp?.deleted ?? 0;
  if (deleted > 0) {
    throw new RelayBenchError(`this run has deleted its ${deleted} events at its end (--clean-up)`, {
      code: 'CLEANED_UP',
      hint: 'run --audit --clean-up audits before it deletes; a relay that got no request is named with --relay',
      exitCode: EXIT.usage,
    });
  }
  const started = (target.relays ?? []).filter(({ command }) => command !== null);
  if (target.kind === 'url' && started.length === 0) return target.urls.map(relayUrl);
  const state = target.kind === 'stack' ? readState(resolve(stackDir ?? defaultStackDir(io.env))) : null;
  if (state !== null) return relayAddresses(state);
  const own = target.kind === 'stack' ? 'stack' : 'embedded relay';
  const what = started.length === 0 ? own : `relay ${started.map(({ name }) => name).join(', ')}`;
  throw new RelayBenchError(`the ${what} of this run is gone, and its events with it`, {
    code: 'AUDIT_NO_TARGET',
    hint: 'name the relays with --relay, or the directory of the stack with --stack-dir',
    exitCode: EXIT.unreachable,
  });
}

/** The edges of the stack that the run loaded, where that is there. */
export function edgesOfRun(
  { target }: Pick<RunRecord, 'target'>,
  stackDir: string | undefined,
  { io }: CommandHost,
): readonly EdgeAddress[] {
  const state = target.kind === 'stack' ? readState(resolve(stackDir ?? defaultStackDir(io.env))) : null;
  return state === null ? [] : edgeAddresses(state);
}

/** Of a command that asks the relays of a finished run something: which ones, and how. @param what it prints */
export function addAskingOptions(command: Command, what: string): Command {
  return command
    .option('--relay <url>', 'relay to ask, repeatable; default: the target of the run', repeatable(relayUrl))
    .option(
      '--stack-dir <dir>',
      'directory of the stack that was loaded; default: as for `stack up`',
      asTyped,
    )
    .option('--insecure', 'accept any TLS certificate of a wss:// relay')
    .option(
      '--auth-url <url>',
      'address that AUTH names (NIP-42), where a proxy stands before the relay',
      authUrl,
    )
    .option('--json', `print ${what} as JSON`, false)
    .option(
      '--i-own-this-relay <host>',
      'consent to ask this host; loopback needs none',
      repeatable(asTyped),
    );
}
