import { Chalk, type ChalkInstance } from 'chalk';
import Table from 'cli-table3';
import { own } from '../../base/own.ts';
import type { ServiceStatus, StackStatus } from '../../stack/status.ts';

const MIB = 2 ** 20;

/** The status of a stack as a table for people. */
export function renderStatus(status: StackStatus, colour: boolean): string {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const table = new Table({
    head: ['service', 'role', 'ports', 'health', 'conn', 'CPU', 'RSS', 'throughput', 'notes'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'left', 'left', 'left', 'right', 'right', 'right', 'left', 'left'],
  });
  for (const service of status.services) table.push(rowOf(service, chalk));
  const { profile, phase, url, durability, cache, failovers } = status;
  const head = `stack ${profile} (${phase}): ${url}, durability ${durability}, cache ${cache}\n`;
  const last = failovers.at(-1);
  const failover =
    last === undefined
      ? ''
      : `failovers: ${failovers.length}, the last at ${last.at}: ${last.from} → ${last.to}, found after ${Math.round(last.detectedMs)} ms, promoted in ${Math.round(last.promotedMs)} ms\n`;
  return `${head}${table.toString()}\n${failover}`;
}

function rowOf(service: ServiceStatus, chalk: ChalkInstance): string[] {
  const { name, role, ports, problem, figures, cpu, rss_bytes } = service;
  return [
    name,
    role,
    Object.entries(ports)
      .map(([purpose, port]) => `${purpose} ${port}`)
      .join(', '),
    problem === null ? chalk.green('ok') : chalk.red(problem.slice(0, 60)),
    figures['connections'] === undefined ? '' : String(figures['connections']),
    cpu === null ? '–' : `${(cpu * 100).toFixed(0)} %`,
    rss_bytes === null ? '–' : `${(rss_bytes / MIB).toFixed(0)} MiB`,
    throughputOf(service),
    notesOf(service),
  ];
}

/** What a service did in the last second, in its own unit. */
function throughputOf({ perSecond }: ServiceStatus): string {
  const units: readonly (readonly [key: string, unit: string])[] = [
    ['commits', 'commits/s'],
    ['commands', 'commands/s'],
    ['events', 'events/s'],
    ['queries', 'queries/s'],
  ];
  const parts = units.flatMap(([key, unit]) => {
    const value = own(perSecond, key);
    return value === undefined ? [] : [`${Math.round(value)} ${unit}`];
  });
  const bytes = perSecond['bytesOut'];
  if (parts.length === 0 && bytes !== undefined) parts.push(`${(bytes / MIB).toFixed(2)} MiB/s to clients`);
  return parts.join(', ');
}

function notesOf({ figures, restarts }: ServiceStatus): string {
  const lag = figures['replayLag_ms'];
  const replicas = figures['replicas'];
  const notes = [
    lag === undefined ? '' : `lag ${Math.round(lag)} ms`,
    replicas === undefined ? '' : `${replicas} replicas stream`,
    hitRate('buffers', figures['blocksHit_total'], figures['blocksRead_total']),
    hitRate('keys', figures['hits_total'], figures['misses_total']),
    hitRate('L1', figures['l1Hits_total'], figures['l1Misses_total']),
    hitRate('L2', figures['l2Hits_total'], figures['l2Misses_total']),
    restarts === 0 ? '' : `${restarts} restarts`,
  ];
  return notes.filter((note) => note !== '').join(', ');
}

/** `L1 hits 93 %`; nothing where nothing was asked. */
function hitRate(of: string, hits = 0, misses = 0): string {
  const all = hits + misses;
  return all === 0 ? '' : `${of} hits ${((100 * hits) / all).toFixed(0)} %`;
}
