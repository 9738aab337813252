import { availableParallelism, cpus, freemem, homedir, hostname, loadavg, totalmem } from 'node:os';
import { pid } from 'node:process';
import type { Command } from 'commander';
import { RelayBenchError } from '../../base/errors.ts';
import { maskUrl } from '../../base/mask-url.ts';
import { corpusCacheDir } from '../../corpus/files/cache-dir.ts';
import type { Taker } from '../../distributed/bus.ts';
import type { AgentFacts } from '../../distributed/news.ts';
import { type AgentHost, serveShard } from '../../distributed/serve-shard.ts';
import { LocalTransport } from '../../engine/local-transport.ts';
import { approveShard } from '../agent/approve.ts';
import { MOST_CORPUS_EVENTS, makeJobCorpus, requireSmallCorpus } from '../agent/make-job-corpus.ts';
import type { CommandHost } from '../host.ts';
import { type Interruption, watchInterruption } from '../interruption.ts';
import { readSupply } from '../limit-check.ts';
import { asTyped, repeatable, wholeNumber } from '../options.ts';
import { redisOption } from '../run/flags.ts';
import { readTool } from '../version.ts';

interface AgentFlags {
  readonly redis?: string;
  readonly allow?: readonly string[];
  readonly name?: string;
  readonly once?: boolean;
  readonly maxCorpus: number;
}

/** Of any corpus. */
const MOST_EVENTS = 100_000_000;

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
    .option(
      '--max-corpus <events>',
      'events of the largest corpus that this machine makes for a run',
      wholeNumber(0, MOST_EVENTS),
      MOST_CORPUS_EVENTS,
    )
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
    const agent = hostOf(flags, { bus, log, cache: corpusCacheDir(io.env, homedir()) });
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

interface Surroundings extends Pick<AgentHost, 'bus' | 'log'> {
  /** Of generated corpora. */
  readonly cache: string;
}

function hostOf(flags: AgentFlags, { bus, log, cache }: Surroundings): AgentHost {
  const { name = `${hostname()}-${pid}`, allow = [], maxCorpus: mostEvents } = flags;
  return {
    bus,
    log,
    transport: new LocalTransport(),
    // Read anew for each shard: what else the machine does changes.
    get facts() {
      return factsOf(name);
    },
    approve: async (job, plan) => {
      await approveShard(job, plan, { allowed: allow, hostName: hostname(), supply: readSupply });
      if (plan.corpus.named !== null) requireSmallCorpus(plan.corpus.named, mostEvents);
    },
    makeCorpus: (named, signal, onProgress) => makeJobCorpus(named, { cache, signal, onProgress }),
  };
}

function factsOf(name: string): AgentFacts {
  const { version, node } = readTool();
  return {
    ...{ name, version, node, cpus: availableParallelism(), memoryBytes: totalmem() },
    cpuModel: (cpus()[0]?.model ?? '').slice(0, 200),
    freeMemoryBytes: freemem(),
    loadAverage: loadavg()[0] ?? 0,
  };
}
