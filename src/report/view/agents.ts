import type { RunRecord } from '../../record/schema.ts';
import type { AgentReport } from '../../result/schema.ts';
import { bytes, count, duration } from '../quantity.ts';
import { cell, columns, type Section } from './document.ts';

/** The machines that carried out a distributed run; null where one did. */
export function agentsSection({ generator: { agents } }: RunRecord): Section | null {
  if (agents === undefined) return null;
  const rows = agents.map((agent) => [
    cell(agent.name),
    cell(machineOf(agent)),
    cell(numbers(agent.workers)),
    cell(`± ${duration(agent.clockRoundTrip_us / 2)}`),
    cell(agent.clockDrift_us === null ? '–' : duration(Math.abs(agent.clockDrift_us))),
    cell(duration(agent.startedLate_us)),
    cell(bytes(agent.newsBytes)),
    cell(agent.lost ?? 'stayed', agent.lost === null ? 'plain' : 'bad'),
  ]);
  const all = columns('agent', 'machine', '>workers', '>clock', '>drift', '>began late', '>sent', 'end');
  return {
    title: 'Agents',
    topic: 'machine',
    note: 'clock: how far its instants may be off; drift: how far it moved; late: after the common start, by its clock',
    ...(agents.some(({ lost }) => lost !== null) ? {} : { detail: 'folded' as const }),
    content: { kind: 'table', columns: all, rows },
  };
}

/** The load is that of the minute before it took its shard: what else the machine did. */
function machineOf({ cpus, memoryBytes, loadAverage }: AgentReport): string {
  const load = loadAverage === undefined ? '' : `, load ${loadAverage.toFixed(1)}`;
  return `${count(cpus)} cores, ${bytes(memoryBytes)}${load}`;
}

/** `3` or `4–7`: the workers of an agent follow each other. */
function numbers(workers: readonly number[]): string {
  const [first, last] = [workers[0] ?? 0, workers.at(-1) ?? 0];
  return first === last ? String(first) : `${first}–${last}`;
}
