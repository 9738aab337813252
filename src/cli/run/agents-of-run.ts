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

/** @throws RelayBenchError `AGENTS_WITHOUT_REDIS` */
export function requireAgentFlags({ agents, redis, workers }: RunFlags): void {
  if (agents === undefined) return;
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
  const isQuiet = ['json', 'none'].includes(resolveProgress(flags.progress, host.io));
  const say = (line: string): void => {
    if (!isQuiet) host.io.stderr.write(`${line}\n`);
  };
  return async (options) => {
    // Loads BullMQ, which runs without agents need not wait for.
    const { openRedisBus } = await import('../../distributed/redis-bus.ts');
    const bus = await openRedisBus(redis, say);
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
