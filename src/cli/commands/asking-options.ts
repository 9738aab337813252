import type { Command } from 'commander';
import { asTyped, relayUrl, repeatable } from '../options.ts';

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
    .option('--json', `print ${what} as JSON`, false)
    .option(
      '--i-own-this-relay <host>',
      'consent to ask this host; loopback needs none',
      repeatable(asTyped),
    );
}
