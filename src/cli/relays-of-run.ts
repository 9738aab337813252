import { resolve } from 'node:path';
import { RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import type { RunRecord } from '../record/schema.ts';
import { relayAddresses } from '../stack/relays.ts';
import { readState } from '../stack/state.ts';
import type { CommandHost } from './host.ts';
import { relayUrl } from './options.ts';
import { defaultStackDir } from './stack/stack-dir.ts';

/** The relays that the run loaded, as far as they are still there. @throws RelayBenchError `AUDIT_NO_TARGET` */
export function relaysOfRun(
  { target }: RunRecord,
  stackDir: string | undefined,
  { io }: CommandHost,
): readonly string[] {
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
