import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { RelayBenchError } from '../../base/errors.ts';
import { jobOfPlan, type PlanSource, splitWorkers } from '../../distributed/job.ts';
import { RemoteTransport } from '../../distributed/remote-transport.ts';
import { withAgents } from '../../distributed/with-agents.ts';
import { runPlan } from '../../engine/coordinator.ts';
import type { RunPlan } from '../../engine/run-plan.ts';
import type { Plan } from '../../plan/plan.ts';
import { visible } from '../../report/escape.ts';
import { readScenario } from '../../scenario/load.ts';
import type { CommandHost } from '../host.ts';
import { readTool } from '../version.ts';
import { overridesOf, type RunFlags } from './flags.ts';
import { resolveProgress } from './progress.ts';

const AGENT_WAIT_MS = 60_000;

/**
 * @param typed whether an option stands on the command line; the address of Redis may also come from the environment
 * @throws RelayBenchError `AGENTS_NOT_ASKED`, `AGENTS_WITHOUT_REDIS`, `TOO_FEW_WORKERS`
 */
export function requireAgentFlags(
  { agents, redis, workers }: RunFlags,
  typed: (option: keyof RunFlags) => boolean,
): void {
  if (agents === undefined) {
    const unused = (['redis', 'agentWait', 'onAgentLoss'] as const).find(typed);
    if (unused !== undefined) throw notAsked(unused);
    return;
  }
  if (redis === undefined)
    throw new RelayBenchError('--agents needs the Redis at which they wait', {
      code: 'AGENTS_WITHOUT_REDIS',
      hint: 'add --redis URL, the same as that of `relay-bench agent`',
    });
  if (workers !== undefined && workers < agents)
    throw new RelayBenchError(`${workers} workers can't be spread over ${agents} agents`, {
      code: 'TOO_FEW_WORKERS',
      hint: 'leave out --workers, which is one for each agent then',
    });
}

const OPTIONS = { redis: '--redis', agentWait: '--agent-wait', onAgentLoss: '--on-agent-loss' } as const;

function notAsked(unused: keyof typeof OPTIONS): RelayBenchError {
  return new RelayBenchError(`${OPTIONS[unused]} has no meaning without --agents`, {
    code: 'AGENTS_NOT_ASKED',
    hint: 'say by --agents how many machines carry out the run, or leave it out',
  });
}

export interface AgentsRequest {
  readonly host: CommandHost;
  readonly plan: Plan;
  readonly flags: RunFlags;
  /** Name or path, as it was typed. */
  readonly scenario: string;
}

/**
 * How agents carry out a plan.
 * @throws RelayBenchError `CORPUS_NOT_SHARED` where they can't
 */
export async function runOnAgents({ host, plan, flags, scenario }: AgentsRequest): Promise<RunPlan> {
  const source: PlanSource = {
    scenario: (await readScenario(scenario)).text,
    overrides: overridesOf(flags),
  };
  // Before anything is started.
  jobOfPlan(plan, source);
  const { agents = 1, redis = '' } = flags;
  const mode = resolveProgress(flags.progress, host.io);
  const sayUnless =
    (quiet: readonly string[]) =>
    (line: string): void => {
      if (!quiet.includes(mode)) host.io.stderr.write(`${line}\n`);
    };
  const say = sayUnless(['json', 'none']);
  // It may come in the midst of the live block, which a line would tear.
  const sayTrouble = sayUnless(['json', 'none', 'tty']);
  return async (options) => {
    // Loads BullMQ, which runs without agents need not wait for.
    const { openRedisBus } = await import('../../distributed/redis-bus.ts');
    const bus = await openRedisBus(redis, sayTrouble);
    try {
      const transport = await RemoteTransport.open({
        bus,
        runId: randomUUID(),
        job: { ...jobOfPlan(options.plan, source), tool: readTool().version, host: hostname() },
        shards: splitWorkers(options.plan.workers, agents),
        joinMs: flags.agentWait ?? AGENT_WAIT_MS,
        onJoined: (name, joined, wanted) => say(`agent ${visible(name)} is here, ${joined} of ${wanted}`),
      });
      try {
        const endOnLoss = flags.onAgentLoss !== 'degrade';
        const result = await runPlan({ ...options, transport, endOnLoss });
        return withAgents(result, transport.agents());
      } finally {
        await transport.close();
      }
    } finally {
      await bus.close();
    }
  };
}
