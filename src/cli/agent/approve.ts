import { isIP } from 'node:net';
import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';
import type { ShardJob } from '../../distributed/job.ts';
import type { Plan } from '../../plan/plan.ts';
import { connectionsAtOnce, sourceAddressesOf } from '../../plan/source-address.ts';
import { checkLimits, type Supply } from '../limit-check.ts';
import { isLoopback, type ResolveHost, resolveTargets } from '../target.ts';

export interface Approval {
  /** Hosts that this machine may load besides its own loopback, as in `--allow`. */
  readonly allowed: readonly string[];
  readonly hostName: string;
  readonly supply: () => Supply;
  /** Looks up a host; default by the system. */
  readonly resolve?: ResolveHost;
}

/**
 * Whether this machine must, and can, carry out a shard.
 * @throws RelayBenchError `TARGET_NOT_ALLOWED`, `LIMIT_TOO_LOW`
 */
export async function approveShard(
  { targets, host, workers }: ShardJob,
  plan: Plan,
  { allowed, hostName, supply, resolve }: Approval,
): Promise<void> {
  const named = allowed.map((each) => each.toLowerCase());
  for (const target of await resolveTargets(targets, resolve)) {
    if (named.includes(target.host)) continue;
    // A name of a stranger may lead elsewhere the next time that it is looked up.
    const isFixed = isIP(target.host) !== 0 || target.host === 'localhost';
    if (!isFixed || !isLoopback(target)) throw notAllowed(target.host, 'its --allow does not name it');
    if (host !== hostName) throw notAllowed(target.host, `it is meant as the loopback of ${host}`);
  }
  checkLimits(
    {
      connections: Math.ceil((connectionsAtOnce(plan) * workers.count) / plan.workers),
      workers: workers.count,
      addressPairs: targets.length * sourceAddressesOf(plan),
      relay: null,
    },
    supply(),
  );
}

function notAllowed(host: string, why: string): RelayBenchError {
  return new RelayBenchError(`it must not load ${host}: ${why}`, {
    code: 'TARGET_NOT_ALLOWED',
    hint: `if you own ${host}, start the agent with --allow ${host}`,
    exitCode: EXIT.unreachable,
  });
}
