import type { RunRecord } from '../../record/schema.ts';
import { count, number, seconds } from '../quantity.ts';
import { relayNames } from '../relay-names.ts';

/** What was asked of whom: `quick: 200 events/s and 25 queries/s on 64 connections for 12.0 s, embedded relay`. */
export function questionOf(record: RunRecord): string {
  const { requested } = record.load.connections;
  const rates = ratesOf(record);
  const on = `${rates === '' ? '' : `${rates} on `}${count(requested)} ${requested === 1 ? 'connection' : 'connections'}`;
  return `${record.scenario.name}: ${on} for ${seconds(plannedSeconds(record))}, ${targetOf(record)}`;
}

/** Length of the measured phases as planned. */
export function plannedSeconds({ load: { phases, measured_s } }: RunRecord): number {
  const measured = phases.filter(({ kind }) => kind === 'measured');
  return measured.length === 0
    ? measured_s
    : measured.reduce((sum, { start_s, end_s }) => sum + end_s - start_s, 0);
}

function ratesOf(record: RunRecord): string {
  const { offered, phases } = record.load;
  const all = offered.eventsPerSecond + offered.queriesPerSecond;
  const levels = phases.flatMap(({ kind, offeredPerSecond }) =>
    kind === 'measured' && offeredPerSecond !== undefined ? [offeredPerSecond] : [],
  );
  const [low = all, high = all] = levels.length === 0 ? [] : [Math.min(...levels), Math.max(...levels)];
  // All streams rise and fall together, so each has its part of every level.
  const text = (perSecond: number, unit: string): string[] => {
    if (perSecond === 0 || all === 0) return [];
    const at = (level: number): string => number(Number(((level * perSecond) / all).toPrecision(3)));
    return [low === high ? `${at(low)} ${unit}/s` : `${at(low)} to ${at(high)} ${unit}/s`];
  };
  const rates = [...text(offered.eventsPerSecond, 'events'), ...text(offered.queriesPerSecond, 'queries')];
  const model = record.load.model === 'closed' ? ' (closed model)' : '';
  return rates.length === 0 ? '' : `${rates.join(' and ')}${model}`;
}

function targetOf(record: RunRecord): string {
  const { kind } = record.target;
  if (kind !== 'url') return `${kind} relay`;
  const [first = '', ...others] = relayNames(record);
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
