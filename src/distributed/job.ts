import * as z from 'zod';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import { VERIFIER_CHOICES } from '../base/verifier-choice.ts';
import { gateProblem } from '../gate/parse.ts';
import { REGION } from '../metric/series.ts';
import { adaptPlan } from '../plan/adapt-plan.ts';
import { buildPlan } from '../plan/build-plan.ts';
import { planSha256 } from '../plan/fingerprint.ts';
import type { PlanOverrides } from '../plan/overrides.ts';
import type { Plan } from '../plan/plan.ts';
import { MAX_SCENARIO_BYTES, parseScenario } from '../scenario/parse.ts';
import { jobCorpus, namedOf, sharedCorpus } from './job-corpus.ts';

const whole = z.int().min(0);
const count = z.int().min(1).max(10_000_000);
const maybe = whole.nullable();
const MOST_TARGETS = 1_000;
const MOST_EVENTS = 10_000_000;

const target = z.url({ protocol: /^wss?$/ }).max(2_000);

/** What the command line sets over the scenario. */
const settings = z.strictObject({
  connections: count.optional(),
  rate_per_s: z.number().positive().optional(),
  loadFactor: z.number().positive().optional(),
  evenArrivals: z.boolean().optional(),
  durationMs: z.number().positive().optional(),
  warmupMs: z.number().min(0).optional(),
  workers: count.optional(),
  seed: whole.optional(),
  gates: z.array(z.string().max(500)).max(1_000).optional(),
  noDefaultGates: z.boolean().optional(),
  abortOnFail: z.boolean().optional(),
  insecure: z.boolean().optional(),
  authUrl: target.optional(),
  reconnect: z.boolean().optional(),
  compression: z.boolean().optional(),
  verifier: z.enum(VERIFIER_CHOICES).optional(),
});

const advertised = z.strictObject({
  maxLimit: maybe,
  defaultLimit: maybe,
  maxMessageBytes: maybe,
  maxContent: maybe,
  nips: z.array(z.number()).max(10_000).nullable(),
});

/** What the run has found out about its relay. */
const fitted = z.strictObject({
  salt: z.string().max(10_000),
  times: z.strictObject({ end_s: whole, span_s: whole }).nullable(),
  present: z.array(whole).max(MOST_EVENTS),
  work: whole.max(64).optional(),
});

/** Who a job is of: what every version of it has. */
const envelope = z.object({
  tool: z.string().max(50),
  runId: z.uuid(),
  shard: whole,
  expiresUs: z.number(),
});
export type JobEnvelope = z.infer<typeof envelope>;

/** One shard of a run: everything that an agent needs to make its part of the plan itself. */
const shardJob = z.strictObject({
  ...envelope.shape,
  /** Host name of the coordinator: its loopback is another one. */
  host: z.string().max(255),
  shards: count,
  /** Numbers of the workers of this shard: `first` … `first + count - 1`. */
  workers: z.strictObject({ first: whole, count }),
  scenario: z.string().max(MAX_SCENARIO_BYTES),
  settings,
  targets: z.array(target).min(1).max(MOST_TARGETS),
  relayProcesses: count,
  /** Names of the regions of the targets; none where they are in none. */
  regions: z.array(z.string().max(100)).max(MOST_TARGETS),
  advertised,
  fitted,
  /** Null where the scenario names none. */
  corpus: jobCorpus.nullable(),
  planSha256: z.string().length(64),
});
export type ShardJob = z.infer<typeof shardJob>;

/** What a plan was made from. */
export interface PlanSource {
  /** The text of the scenario file. */
  readonly scenario: string;
  readonly overrides: PlanOverrides;
}

/** Workers of the shards, in order: as equal as whole numbers can be, so that their sum is exact. */
export function splitWorkers(workers: number, shards: number): ShardJob['workers'][] {
  return Array.from({ length: shards }, (_, shard) => {
    const first = Math.floor((workers * shard) / shards);
    return { first, count: Math.floor((workers * (shard + 1)) / shards) - first };
  });
}

/**
 * The part of a job that all shards of a run share.
 * @throws RelayBenchError `CORPUS_NOT_SHARED`, `TRACE_NOT_SHARED` (exit 2) where agents can't have what this machine has
 */
export function jobOfPlan(
  plan: Plan,
  { scenario, overrides }: PlanSource,
): Omit<ShardJob, keyof JobEnvelope | 'shards' | 'workers' | 'host'> {
  const corpus = sharedCorpus(plan.corpus.named, overrides.corpus);
  if (overrides.trace !== undefined) throw namedTrace();
  const { salt, times, present, work } = plan.fitted ?? { salt: '', times: null, present: new Set<number>() };
  const { corpus: _corpus, trace: _trace, ...set } = overrides;
  return {
    scenario,
    settings: settings.parse({
      ...set,
      workers: plan.workers,
      gates: [...(set.gates ?? [])],
      // What was found here, where `auto` was asked for: the plan of an agent says the same.
      verifier: plan.verifier,
    }),
    targets: [...plan.targets],
    relayProcesses: plan.relayProcesses,
    regions: [...(plan.labels[REGION] ?? [])],
    advertised: {
      ...plan.advertised,
      nips: plan.advertised.nips === null ? null : [...plan.advertised.nips],
    },
    fitted: { salt, times, present: [...present], ...(work === undefined ? {} : { work }) },
    corpus,
    planSha256: planSha256(plan),
  };
}

/** @throws RelayBenchError `JOB_INVALID` where nobody can be told what is wrong with it */
export function readEnvelope(data: unknown): JobEnvelope {
  return parsed(envelope, data);
}

/** @throws RelayBenchError `JOB_INVALID` */
export function readJob(data: unknown): ShardJob {
  return parsed(shardJob, data);
}

/**
 * The plan of a job, made by the same schemas and code as that of a command line; the file of its corpus is not there yet.
 * @throws RelayBenchError `JOB_INVALID`; what planning throws; `PLAN_DIFFERS` where it is not that of the coordinator
 */
export function planOfJob(job: ShardJob): Plan {
  const scenario = parseScenario(job.scenario, gateProblem);
  if ('problems' in scenario) {
    const [first] = scenario.problems;
    throw invalid(`its scenario is wrong: ${first?.path ?? ''} ${first?.message ?? ''}`);
  }
  const { targets, relayProcesses, regions, corpus } = job;
  const bare = buildPlan({
    scenario: scenario.scenario,
    targets,
    relayProcesses,
    regions,
    cores: 1,
    overrides: { ...job.settings, corpus: corpus?.path },
    corpus: corpus === null ? null : namedOf(corpus),
  });
  const { plan } = adaptPlan(bare, job.advertised);
  const { salt, times, present, work } = job.fitted;
  const fittedPlan: Plan = {
    ...plan,
    fitted: { salt, times, present: new Set(present), remarks: [], ...(work === undefined ? {} : { work }) },
  };
  if (planSha256(fittedPlan) === job.planSha256) return fittedPlan;
  throw new RelayBenchError('the plan that follows from the job is not that of the coordinator', {
    code: 'PLAN_DIFFERS',
    hint: 'run the same build of relay-bench on every machine',
    exitCode: EXIT.unreachable,
  });
}

function parsed<T>(schema: z.ZodType<T>, data: unknown): T {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalid(`${issue?.path.join('.') ?? ''}: ${issue === undefined ? '' : messageOf(issue.message)}`);
}

function invalid(what: string): RelayBenchError {
  return new RelayBenchError(`the job is none of relay-bench: ${what}`, {
    code: 'JOB_INVALID',
    exitCode: EXIT.unreachable,
  });
}

function namedTrace(): RelayBenchError {
  return new RelayBenchError('agents can not replay a trace yet', {
    code: 'TRACE_NOT_SHARED',
    hint: 'leave out --agents: one machine replays what one proxy has recorded',
  });
}
