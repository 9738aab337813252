import { own } from '../../base/own.ts';
import type { Figures } from '../../observe/figures/figures.ts';
import { terminalTable, wrapped } from '../../report/terminal-table.ts';
import { createChalk } from '../../report/tones.ts';
import { type Cell, cell, columns, type Table } from '../../report/view/document.ts';
import type { ServiceStatus, StackStatus } from '../../stack/status.ts';
import { peculiarities } from '../../stack/tuning/tuning.ts';

const MIB = 2 ** 20;

/** How a status is shown. */
export interface StatusLayout {
  readonly colour: boolean;
  /** Of the terminal. */
  readonly columns: number;
  /** With the ports, at whatever width that takes. */
  readonly wide: boolean;
}

/** The status of a stack as a table for people. */
export function renderStatus(status: StackStatus, { colour, columns: width, wide }: StatusLayout): string {
  const ports = wide ? ['ports'] : [];
  const table: Table = {
    kind: 'table',
    columns: columns(
      'service',
      'role?',
      ...ports,
      'health',
      '>conn?',
      '>CPU',
      '>RSS',
      'throughput',
      '~notes',
    ),
    rows: status.services.map((service) => rowOf(service, wide)),
  };
  const layout = { chalk: createChalk(colour), columns: wide ? Number.POSITIVE_INFINITY : width, gap: 2 };
  const { profile, phase, urls, durability, cache, failovers } = status;
  const facts = [urls.join(' '), `durability ${durability}`, `cache ${cache}`, ...peculiarities(status)];
  const head = `stack ${profile} (${phase}): ${facts.join(', ')}`;
  const last = failovers.at(-1);
  const failover =
    last === undefined
      ? ''
      : `failovers: ${failovers.length}, the last at ${last.at}: ${last.from} → ${last.to}, found after ${Math.round(last.detectedMs)} ms, promoted in ${Math.round(last.promotedMs)} ms`;
  const text = (line: string): string => (wide ? line : wrapped(line, width).join('\n'));
  const parts = [text(head), terminalTable(table, layout), ...(failover === '' ? [] : [text(failover)])];
  return `${parts.join('\n')}\n`;
}

function rowOf(service: ServiceStatus, wide: boolean): Cell[] {
  const { name, role, ports, problem, figures, cpu, rss_bytes } = service;
  const listens = Object.entries(ports)
    .map(([purpose, port]) => `${purpose} ${port}`)
    .join(', ');
  const notes = [problem ?? '', notesOf(service)].filter((text) => text !== '').join(', ');
  return [
    cell(name),
    cell(role),
    ...(wide ? [cell(listens)] : []),
    problem === null ? cell('ok', 'good') : cell('down', 'bad'),
    cell(figures['connections'] === undefined ? '' : String(figures['connections'])),
    cell(cpu === null ? '–' : `${(cpu * 100).toFixed(0)} %`),
    cell(rss_bytes === null ? '–' : `${(rss_bytes / MIB).toFixed(0)} MiB`),
    cell(throughputOf(service)),
    cell(notes, problem === null ? 'plain' : 'bad'),
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
  if (parts.length > 0) return parts.join(', ');
  const sent = [
    ['clients', perSecond['bytesOut']],
    ['relays', perSecond['bytesToRelays']],
    ['region 1', perSecond['wan1BytesDown']],
    ['region 2', perSecond['wan2BytesDown']],
  ] as const;
  return sent
    .flatMap(([to, bytes]) => (bytes === undefined ? [] : [`${(bytes / MIB).toFixed(2)} MiB/s to ${to}`]))
    .join(', ');
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
    hitRate('edge', figures['edgeHits_total'], figures['edgeMisses_total']),
    hitRate('page', figures['pageHits_total'], pageMisses(figures)),
    figures['edgeOriginUp'] === 0 ? 'origin away' : '',
    restarts === 0 ? '' : `${restarts} restarts`,
  ];
  return notes.filter((note) => note !== '').join(', ');
}

function pageMisses({ pageLookups_total: asked = 0, pageHits_total: hits = 0 }: Figures): number {
  return asked - hits;
}

/** `L1 hits 93 %`; nothing where nothing was asked. */
function hitRate(of: string, hits = 0, misses = 0): string {
  const all = hits + misses;
  return all === 0 ? '' : `${of} hits ${((100 * hits) / all).toFixed(0)} %`;
}
