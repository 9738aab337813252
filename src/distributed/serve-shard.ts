import { type ClockNs, monotonicNs } from '../base/clock.ts';
import { messageOf, RelayBenchError } from '../base/errors.ts';
import { EXIT } from '../base/exit-codes.ts';
import type { Transport } from '../engine/transport.ts';
import type { NamedCorpus } from '../plan/parts.ts';
import type { Plan } from '../plan/plan.ts';
import type { ControlBus } from './bus.ts';
import { readCommonClock } from './clock.ts';
import { type JobEnvelope, planOfJob, readEnvelope, readJob, type ShardJob } from './job.ts';
import { type AgentFacts, type News, newsText } from './news.ts';
import { Packer } from './parcel.ts';
import { type MadeCorpus, ShardRun } from './shard-run.ts';
import { SILENCE_MS, streamsOf } from './streams.ts';

/** What carries out shards: this machine, and what it is willing to do. */
export interface AgentHost {
  readonly bus: ControlBus;
  readonly facts: AgentFacts;
  /** How it starts its workers. */
  readonly transport: Transport;
  /** @throws RelayBenchError where this machine must not, or can't, carry out the shard */
  readonly approve: (job: ShardJob, plan: Plan) => Promise<void>;
  /**
   * Makes the corpus of a plan, or finds it, and holds it against its fingerprint.
   * @throws RelayBenchError where it can't be made, or is another one; the reason of the signal
   */
  readonly makeCorpus: (
    named: NamedCorpus,
    signal: AbortSignal,
    onProgress: (events: number) => void,
  ) => Promise<MadeCorpus>;
  /** Told what happens, for people. */
  readonly log: (line: string) => void;
  readonly clock?: ClockNs;
  readonly silenceMs?: number;
}

/** For the last news to leave. */
const FLUSH_MS = 2_000;

/** Carries out one job. What is wrong with it is told to its coordinator, and to the log. Never throws for a job's sake. */
export async function serveShard(data: unknown, host: AgentHost): Promise<void> {
  const { log } = host;
  const envelope = envelopeOf(data, log);
  if (envelope === null) return;
  const name = `shard ${envelope.shard} of run ${envelope.runId}`;
  if ((await host.bus.timeUs()) > envelope.expiresUs) {
    log(`${name}: came too late, its run has not waited`);
    return;
  }
  const say = speakerOf(envelope, host);
  try {
    const job = readJob(requireVersion(data, envelope, host));
    const plan = planOfJob(job);
    await host.approve(job, plan);
    log(`${name}: ${plan.scenario.name}, ${job.workers.count} of ${plan.workers} workers`);
    await carryOut(job, plan, { host, say });
    log(`${name}: over`);
  } catch (error) {
    if (!(error instanceof RelayBenchError)) throw error;
    log(`${name}: refused, ${error.message}`);
    say({ type: 'refused', agent: host.facts.name, why: error.message, hint: error.hint ?? null });
  }
  await host.bus.flushed(FLUSH_MS);
}

type Say = (news: News) => void;

function envelopeOf(data: unknown, log: AgentHost['log']): JobEnvelope | null {
  try {
    return readEnvelope(data);
  } catch (error) {
    log(messageOf(error));
    return null;
  }
}

function speakerOf({ runId, shard }: JobEnvelope, { bus }: AgentHost): Say {
  const packer = new Packer(shard);
  const { news } = streamsOf(runId);
  return (what) => {
    for (const parcel of packer.pack(newsText(what))) bus.append(news, parcel);
  };
}

/** Before the rest is looked at: the job of another version may have another shape. */
function requireVersion(data: unknown, { tool }: JobEnvelope, { facts }: AgentHost): unknown {
  if (tool === facts.version) return data;
  throw new RelayBenchError(`it is version ${facts.version}, the run is of version ${tool}`, {
    code: 'OTHER_VERSION',
    hint: 'install the same version of relay-bench on every machine',
    exitCode: EXIT.unreachable,
  });
}

async function carryOut(
  job: ShardJob,
  plan: Plan,
  { host, say }: { readonly host: AgentHost; readonly say: Say },
): Promise<void> {
  const { bus, facts, transport, makeCorpus, clock = monotonicNs, silenceMs = SILENCE_MS } = host;
  const common = await readCommonClock(bus, clock);
  say({ type: 'here', agent: facts, clockRoundTrip_us: common.roundTrip_us });
  const { name } = facts;
  const run = new ShardRun({ job, plan, say, common, silenceMs, bus, transport, makeCorpus, name });
  await run.ended;
  say({ type: 'over', clockDrift_us: await run.driftUs(clock) });
}
