import type { ControlBus, Taker } from '../../src/distributed/bus.ts';
import { jobOfPlan, type PlanSource, splitWorkers } from '../../src/distributed/job.ts';
import { type RemoteRun, RemoteTransport } from '../../src/distributed/remote-transport.ts';
import { type AgentHost, serveShard } from '../../src/distributed/serve-shard.ts';
import { LocalTransport } from '../../src/engine/local-transport.ts';
import { gateProblem } from '../../src/gate/parse.ts';
import { buildPlan } from '../../src/plan/build-plan.ts';
import type { PlanOverrides } from '../../src/plan/overrides.ts';
import type { NamedCorpus } from '../../src/plan/parts.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { parseScenario } from '../../src/scenario/parse.ts';

export const VERSION = '1.2.3';
export const SCRIPTED_WORKER = new URL('./scripted-worker-main.mjs', import.meta.url);
/** What an agent says of itself. */
export const FACTS = {
  ...{ name: 'agent', version: VERSION, node: 'v20', cpus: 2, memoryBytes: 2 },
  ...{ cpuModel: 'abacus', freeMemoryBytes: 1, loadAverage: 0.5 },
};
/** On a busy machine nothing is silent before that. */
const PATIENCE_MS = 20_000;

const SCENARIO = `
name: two-streams
description: for tests of agents
connections: { count: 12 }
corpus: { events: 0, topics: 12 }
warmup: 0s
phases: [{ name: steady, duration: 2s }]
workloads:
  publish: { rate: 60/s, connections: 12, authors: 12 }
`;

/** A plan with what it was made from. */
export function sharedPlan(
  overrides: PlanOverrides = {},
  targets: readonly string[] = ['ws://127.0.0.1:9/'],
): { readonly plan: Plan; readonly source: PlanSource } {
  const parsed = parseScenario(SCENARIO, gateProblem);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const plan = buildPlan({ scenario: parsed.scenario, targets, cores: 1, overrides });
  return { plan, source: { scenario: SCENARIO, overrides } };
}

/** What all shards of a run of that plan get. */
export function sharedJob(overrides: PlanOverrides = {}): RemoteRun['job'] {
  const { plan, source } = sharedPlan(overrides);
  return { ...jobOfPlan(plan, source), tool: VERSION, host: 'here' };
}

const CORPUS_SCENARIO = `
name: replayed
description: for tests of agents
connections: { count: 4 }
corpus: { profile: social, events: 200, stored: 100 }
warmup: 0s
phases: [{ name: steady, duration: 2s }]
workloads:
  publish: { rate: 20/s }
`;

/** A corpus as a run knows it that was fitted to its relay; its file is nowhere. */
export const NAMED: NamedCorpus = {
  ...{ profile: 'social', events: 200, authors: 30, followedShare: 0.4, fresh: false, maxEventBytes: 900 },
  ...{ fingerprint: 'a'.repeat(64), signedFingerprint: 'b'.repeat(64) },
  file: { dir: '/of/the/coordinator', name: 'events.jsonl' },
  generated: {
    ...{ profile: 'social', seed: 1, events: 200, baseTime_s: 1_780_272_000, span_s: 3_600 },
    salt: { text: '0123456789abcdef', from: 100 },
  },
  recordedNs: new Float64Array(),
  createdAt: { oldest_s: 1_780_000_000, newest_s: 1_780_272_000 },
};

/** A plan that replays a corpus, with what it was made from. */
export function corpusPlan(
  named: NamedCorpus = NAMED,
  { scenario: text = CORPUS_SCENARIO, overrides = {} }: Partial<PlanSource> = {},
): { readonly plan: Plan; readonly source: PlanSource } {
  const parsed = parseScenario(text, gateProblem);
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const { scenario } = parsed;
  const plan = buildPlan({ scenario, targets: ['ws://127.0.0.1:9/'], cores: 1, overrides, corpus: named });
  return { plan, source: { scenario: text, overrides } };
}

/** What all shards get of a run of two workers that replays a corpus. */
export function corpusJob(named: NamedCorpus = NAMED): RemoteRun['job'] {
  const { plan, source } = corpusPlan(named, { overrides: { workers: 2 } });
  return { ...jobOfPlan(plan, source), tool: VERSION, host: 'here' };
}

let runs = 0;

/** The coordinator's side. */
export async function openRemote(
  bus: ControlBus,
  {
    agents = 1,
    workers = agents,
    ...others
  }: Partial<RemoteRun> & { agents?: number; workers?: number } = {},
): Promise<RemoteTransport> {
  runs++;
  return RemoteTransport.open({
    bus,
    runId: `00000000-0000-4000-8000-${String(runs).padStart(12, '0')}`,
    job: sharedJob({ workers }),
    shards: splitWorkers(workers, agents),
    joinMs: PATIENCE_MS,
    silenceMs: PATIENCE_MS,
    ...others,
  });
}

/** An agent in this process, whose workers are scripted. */
export function openAgent(
  bus: ControlBus,
  others: Partial<AgentHost> = {},
): { readonly taker: Taker; readonly lines: string[] } {
  const lines: string[] = [];
  const host: AgentHost = {
    bus,
    facts: FACTS,
    transport: new LocalTransport({ program: SCRIPTED_WORKER }),
    approve: async () => undefined,
    makeCorpus: () => Promise.reject(new Error('the plan of this test names no corpus')),
    log: (line) => lines.push(line),
    silenceMs: PATIENCE_MS,
    ...others,
  };
  return { taker: bus.take((data) => serveShard(data, host)), lines };
}
