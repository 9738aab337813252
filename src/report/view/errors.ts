import { COUNTER_MAP_NAMES, COUNTER_MAPS } from '../../metric/counter-maps.ts';
import { COUNTER_NAMES, COUNTERS } from '../../metric/counters.ts';
import type { RunRecord } from '../../record/schema.ts';
import { count } from '../quantity.ts';
import { type Cell, cell, code, columns, list, type Section } from './document.ts';

/** A relay can answer with any number of different reasons. */
const MAX_REASONS = 10;

/** Every counter of which less is better and that is not zero; plainly said where there is none. */
export function errorsSection(record: RunRecord): Section {
  const rows = [...mapRows(record), ...counterRows(record)];
  if (rows.length === 0) return list('Errors', ['no errors'], 'errors');
  return {
    title: 'Errors',
    topic: 'errors',
    content: { kind: 'table', columns: columns('counter', '~reason', '>count'), rows },
  };
}

function mapRows(record: RunRecord): Cell[][] {
  return COUNTER_MAP_NAMES.filter((name) => COUNTER_MAPS[name].direction === 'lower').flatMap((name) => {
    const reasons = Object.entries(record.counters[name])
      .filter(([, total]) => total > 0)
      .sort(([, a], [, b]) => b - a);
    const rows = reasons.slice(0, MAX_REASONS).map(([reason, total]) => errorRow(name, code(reason), total));
    const more = reasons.length - rows.length;
    return more > 0 ? [...rows, [code(name), cell(`and ${more} more reasons`), cell('')]] : rows;
  });
}

function counterRows(record: RunRecord): Cell[][] {
  return COUNTER_NAMES.filter(
    (name) => COUNTERS[name].direction === 'lower' && record.counters[name] > 0,
  ).map((name) => errorRow(name, cell(COUNTERS[name].description), record.counters[name]));
}

function errorRow(name: string, reason: Cell, total: number): Cell[] {
  return [code(name), reason, cell(count(total), 'bad')];
}

/** What the relay said in NOTICE messages; null where it said nothing. */
export function noticesSection(record: RunRecord): Section | null {
  if (record.noticeSamples.length === 0) return null;
  const items = record.noticeSamples.slice(0, MAX_REASONS).map((text) => code(text));
  return { title: 'Notices of the relay (a sample)', topic: 'errors', content: { kind: 'list', items } };
}
