import type { Direction, Source } from './source.ts';

interface CounterMapDefinition {
  readonly source: Source;
  readonly description: string;
  readonly direction: Direction;
  readonly label: string;
  /** Version of `run.json` that it came with, where that is not the first: older records read as empty. */
  readonly since?: string;
}

/**
 * Counters that are split by a word: OK and CLOSED prefixes, error codes, WebSocket close codes; part of the catalogue.
 * `label` names one entry, in gates and in OpenMetrics.
 */
export const COUNTER_MAPS = {
  events_rejected: {
    source: 'publish',
    description: 'OK false by prefix',
    direction: 'lower',
    label: 'prefix',
  },
  query_closes: {
    source: 'query',
    description: 'CLOSED of queries by prefix; part of queries_closed',
    direction: 'lower',
    label: 'prefix',
    since: '1.1.0',
  },
  answers_wrong: {
    source: 'answers',
    description: 'checked answers that are wrong, by what is wrong first',
    direction: 'lower',
    label: 'reason',
    since: '1.1.0',
  },
  connection_errors: {
    source: 'connections',
    description: 'failed or broken connections by reason',
    direction: 'lower',
    label: 'reason',
  },
  close_codes: {
    source: 'connections',
    description: 'unexpected closes by WebSocket close code',
    direction: 'lower',
    label: 'code',
  },
} as const satisfies Record<string, CounterMapDefinition>;

export type CounterMapMetric = keyof typeof COUNTER_MAPS;
export const COUNTER_MAP_NAMES = Object.keys(COUNTER_MAPS) as readonly CounterMapMetric[];
