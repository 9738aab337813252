import { createPacer } from '../plan/pacer.ts';
import type { StreamPlan } from '../plan/parts.ts';
import type { Plan } from '../plan/plan.ts';
import { type Clients, RandomClients, Rotation } from './clients.ts';
import type { ArrivalSchedule } from './frame-ahead.ts';
import { closedModel, countingSchedule, type LoadModel, openModel } from './load-model.ts';
import type { WorkerContext } from './worker-part.ts';

/** Memory for frames that are built ahead or wait for a socket, per workload. */
const STORE_BYTES = 8 * 1024 * 1024;
/** For replays, whose slots are as large as the largest event (what is not written to takes no memory), and mined events. */
const LARGE_STORE_BYTES = 64 * 1024 * 1024;
const MOST_SLOTS = 16_384;

/** The stream of a workload; undefined where it has none. */
export function streamOf(plan: Pick<Plan, 'streams'>, name: string): StreamPlan | undefined {
  return plan.streams.find((stream) => stream.name === name);
}

/**
 * Number of the first connection that a workload opens itself: behind those that are open before the load and those of
 * the workloads before it.
 */
export function firstOpenedBy(
  { opened, connections }: Pick<Plan, 'opened' | 'connections'>,
  name: string,
): number {
  return opened.find(({ workload }) => workload === name)?.first ?? connections.count;
}

/** The schedule of this worker's share of a stream. In the closed model operations are numbered as they come. */
export function scheduleOf({ plan, shard }: WorkerContext, name: string): ArrivalSchedule {
  const stream = streamOf(plan, name);
  if (stream === undefined) throw new Error(`the plan has no stream ${name}`);
  if (plan.load.model === 'closed') return countingSchedule(shard.index, shard.count, stream.limit);
  return createPacer(stream, plan.phases, plan.seed, shard);
}

/** Which connection an arrival goes out on, as the plan says: drawn, each worker on its own, or in turn. */
export function clientsOf(
  { plan, shard, connections: { takes } }: WorkerContext,
  role: string,
  connections: readonly number[],
): Clients {
  if (plan.connections.pick === 'round-robin') return new Rotation(connections, takes);
  const label = `connections/${role}/${shard.index}`;
  return new RandomClients(connections, takes, { seed: plan.seed, label });
}

/** What decides when the next operation starts. */
export function modelOf(context: WorkerContext, role: string, connections: readonly number[]): LoadModel {
  const { load } = context.plan;
  if (load.model === 'open') return openModel(clientsOf(context, role, connections));
  const { endNs, onCredit } = context;
  const { isOpen } = context.connections;
  return closedModel({ connections, window: load.window, isOpen, endNs, onCredit });
}

/** How the frames of a stream are held. */
export interface SlotSize {
  readonly slotBytes: number;
  /** Whether slots are as large as the largest event, of which most are far smaller. */
  readonly isSparse: boolean;
  /** Whether frames are mined (NIP-13): all of them before the load, as far as memory reaches. */
  readonly isMined: boolean;
}

/** As many as the stream ever needs, within the memory bound. */
export function slotsFor({ plan, shard }: WorkerContext, name: string, size: SlotSize): number {
  const bytes = size.isSparse || size.isMined ? LARGE_STORE_BYTES : STORE_BYTES;
  const most = size.isMined ? Number.POSITIVE_INFINITY : MOST_SLOTS;
  const fitting = Math.max(64, Math.min(most, Math.floor(bytes / size.slotBytes)));
  if (plan.load.model === 'closed') return fitting;
  const own = Math.ceil((streamOf(plan, name)?.total ?? 0) / shard.count) + 1;
  return Math.min(fitting, Math.max(64, own));
}

/** The highest level of all phases. */
export function highestLevel({ phases }: Pick<Plan, 'phases'>): number {
  return Math.max(...phases.map(({ levelStart, levelEnd }) => Math.max(levelStart, levelEnd)));
}
