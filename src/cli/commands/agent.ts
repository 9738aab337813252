import { availableParallelism, hostname, totalmem } from 'node:os';
import { pid } from 'node:process';
import type { Command } from 'commander';
import { RelayBenchError } from '../../base/errors.ts';
import { maskUrl } from '../../base/mask-url.ts';
import type { Taker } from '../../distributed/bus.ts';
import { type AgentHost, serveShard } from '../../distributed/serve-shard.ts';
import { LocalTransport } from '../../engine/local-transport.ts';
import { approveShard } from '../agent/approve.ts';
import type { CommandHost } from '../host.ts';
import { type Interruption, watchInterruption } from '../interruption.ts';
import { readSupply } from '../limit-check.ts';
import { asTyped, repeatable } from '../options.ts';
import { redisOption } from '../run/flags.ts';
import { readTool } from '../version.ts';

interface AgentFlags {
  readonly redis?: string;
  readonly allow?: readonly string[];
  readonly name?: string;
  readonly once?: boolean;
}

/** `agent`: lend this machine to distributed runs, until a signal ends it, which is its normal end. */
export function addAgent(program: Command, host: CommandHost): void {
  program
    .command('agent')
    .description('lend this machine to runs with --agents, until Ctrl-C')
    .addOption(redisOption())
    .option(
      '--allow <host>',
      'host that this machine may load, repeatable; default: its own loopback alone',
      repeatable(asTyped),
    )
    .option('--name <name>', 'what reports call this machine; default: host name and process id', asTyped)
    .option('--once', 'end after one shard of a run')
    .action(async (flags: AgentFlags) => serve(flags, host));
}

async function serve(flags: AgentFlags, { io }: CommandHost): Promise<void> {
  const { redis } = flags;
  if (redis === undefined)
    throw new RelayBenchError('an agent needs the Redis at which runs are put up', {
      code: 'AGENT_WITHOUT_REDIS',
      hint: 'add --redis URL, or set RELAY_BENCH_REDIS',
    });
  const log = (line: string): void => void io.stderr.write(`${line}\n`);
  const { openRedisBus } = await import('../../distributed/redis-bus.ts');
  const bus = await openRedisBus(redis, log);
  const interruption = watchInterruption({
    io,
    onFirst: () => log('no more shards are taken; a second signal ends the one that is carried out, too'),
    onHardStop: async () => undefined,
  });
  try {
    const agent = hostOf(flags, { bus, log });
    let markServed: () => void = () => undefined;
    const served = new Promise<void>((resolve) => {
      markServed = resolve;
    });
    const taker = bus.take(async (data) => {
      await serveShard(data, agent);
      if (flags.once === true) markServed();
    });
    io.stdout.write(`agent ${agent.facts.name} waits for shards at ${maskUrl(redis)}\n`);
    await untilOver(interruption, served, taker);
  } finally {
    interruption.dispose();
    await bus.close();
  }
}

async function untilOver(interruption: Interruption, served: Promise<void>, taker: Taker): Promise<void> {
  const { signal } = interruption;
  const interrupted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([interrupted, served]);
  await taker.stop();
}

function hostOf(flags: AgentFlags, { bus, log }: Pick<AgentHost, 'bus' | 'log'>): AgentHost {
  const { version, node } = readTool();
  const { name = `${hostname()}-${pid}`, allow = [] } = flags;
  return {
    bus,
    log,
    transport: new LocalTransport(),
    facts: { name, version, node, cpus: availableParallelism(), memoryBytes: totalmem() },
    approve: (job, plan) =>
      approveShard(job, plan, { allowed: allow, hostName: hostname(), supply: readSupply }),
  };
}
