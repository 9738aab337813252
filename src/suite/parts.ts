import { SHAPE_NAMES } from '../scenario/named-shapes.ts';
import {
  acknowledgedRate,
  dataSize,
  memoryOfConnection,
  percentileOf,
  type ReadRecord,
  restartTime,
} from './reading.ts';

/** What a relay must do for a part to say anything. */
export type Ability = 'stores' | 'live' | 'count' | 'sync';

/** Of what a figure is: µs, operations a second, bytes. */
export type FigureUnit = 'us' | 'per_s' | 'bytes';

/** One number that a part is about. */
export interface FigureSpec {
  /** Unique in its part; a key of `suite.json`. */
  readonly key: string;
  readonly title: string;
  readonly unit: FigureUnit;
  readonly direction: 'lower' | 'higher';
  /** Whether it stands on the card; the others are in the JSON and in the full table. */
  readonly isMain: boolean;
  /** How it is read from the record of a run; null where the part is a search. */
  readonly read: ReadRecord | null;
}

/** A part of the battery: one ordinary run, or one search for the capacity. */
export interface SuitePart {
  readonly id: string;
  readonly title: string;
  /** In `scenarios/suite/`, without its suffix. */
  readonly scenario: string;
  readonly kind: 'run' | 'search';
  readonly needs: readonly Ability[];
  /** The part that must come before, on the same relay process and its data; null where it begins with an empty relay. */
  readonly after: string | null;
  /** Whether the relay is started again before it, with its events on disk, where that is possible. */
  readonly restarts: boolean;
  /** `scenario`: its own times, whatever the mode; `cold`: no warm-up. */
  readonly times: 'mode' | 'scenario' | 'cold';
  readonly figures: readonly FigureSpec[];
}

type Lower = Pick<FigureSpec, 'key' | 'title'> & { readonly read: ReadRecord; readonly isMain?: boolean };

function time({ isMain = true, ...spec }: Lower): FigureSpec {
  return { ...spec, unit: 'us', direction: 'lower', isMain };
}

function shapes(): readonly FigureSpec[] {
  return SHAPE_NAMES.map((name) =>
    time({
      key: `${name} p50`,
      title: `${name}, p50`,
      read: percentileOf(`eose_latency{filter=${name}}`, 'p50'),
      isMain: false,
    }),
  );
}

const PLAIN = { kind: 'run', after: null, restarts: false, times: 'mode' } as const;

/** The battery, in the order of the card. */
export const SUITE_PARTS: readonly SuitePart[] = [
  {
    ...PLAIN,
    id: 'ingest',
    title: 'Ingest at capacity',
    scenario: 'ingest',
    needs: ['stores'],
    figures: [
      {
        key: 'rate',
        title: 'events acknowledged a second',
        unit: 'per_s',
        direction: 'higher',
        isMain: true,
        read: acknowledgedRate,
      },
    ],
  },
  {
    ...PLAIN,
    id: 'ack',
    title: 'Acknowledgement at 100 events/s',
    scenario: 'ack',
    needs: ['stores'],
    figures: [
      time({ key: 'p50', title: 'EVENT to OK, p50', read: percentileOf('ack_latency', 'p50') }),
      time({ key: 'p95', title: 'EVENT to OK, p95', read: percentileOf('ack_latency', 'p95') }),
    ],
  },
  {
    ...PLAIN,
    id: 'fanout',
    title: 'Fan-out to 40 subscribers',
    scenario: 'fanout',
    needs: ['stores', 'live'],
    figures: [
      time({ key: 'p50', title: 'publish to delivery, p50', read: percentileOf('delivery_latency', 'p50') }),
      time({ key: 'p95', title: 'publish to delivery, p95', read: percentileOf('delivery_latency', 'p95') }),
    ],
  },
  {
    ...PLAIN,
    id: 'queries',
    title: 'Twelve queries, warm',
    scenario: 'queries',
    needs: ['stores'],
    figures: [
      time({ key: 'p50', title: 'REQ to EOSE, p50', read: percentileOf('eose_latency', 'p50') }),
      time({ key: 'p95', title: 'REQ to EOSE, p95', read: percentileOf('eose_latency', 'p95') }),
      ...shapes(),
    ],
  },
  {
    id: 'queries-cold',
    title: 'Twelve queries, cold',
    kind: 'run',
    scenario: 'queries-cold',
    needs: ['stores'],
    after: 'queries',
    restarts: true,
    times: 'cold',
    figures: [
      time({ key: 'p50', title: 'REQ to EOSE, p50', read: percentileOf('eose_latency', 'p50') }),
      time({ key: 'p95', title: 'REQ to EOSE, p95', read: percentileOf('eose_latency', 'p95') }),
      ...shapes(),
      time({ key: 'restart', title: 'restart until a WebSocket opens', read: restartTime }),
      {
        key: 'data',
        title: 'data on disk, 5,000 events',
        unit: 'bytes',
        direction: 'lower',
        isMain: true,
        read: dataSize,
      },
    ],
  },
  {
    ...PLAIN,
    id: 'count',
    title: 'COUNT',
    scenario: 'count',
    needs: ['stores', 'count'],
    figures: [
      time({ key: 'p50', title: 'COUNT to its answer, p50', read: percentileOf('count_latency', 'p50') }),
      time({ key: 'p95', title: 'COUNT to its answer, p95', read: percentileOf('count_latency', 'p95') }),
    ],
  },
  {
    ...PLAIN,
    id: 'sync',
    title: 'Sync of 2,000 events',
    scenario: 'sync',
    needs: ['stores', 'sync'],
    figures: [
      time({ key: 'p50', title: 'NEG-OPEN to reconciled, p50', read: percentileOf('sync_latency', 'p50') }),
    ],
  },
  {
    ...PLAIN,
    id: 'connect',
    title: 'Connection storm, 50/s',
    scenario: 'connect',
    needs: [],
    figures: [
      time({ key: 'p50', title: 'connect to open, p50', read: percentileOf('connect_latency', 'p50') }),
      time({ key: 'p95', title: 'connect to open, p95', read: percentileOf('connect_latency', 'p95') }),
    ],
  },
  {
    ...PLAIN,
    id: 'idle',
    title: 'A thousand idle connections',
    scenario: 'idle',
    needs: [],
    times: 'scenario',
    figures: [
      {
        key: 'memory',
        title: 'memory of each',
        unit: 'bytes',
        direction: 'lower',
        isMain: true,
        read: memoryOfConnection('idle'),
      },
    ],
  },
  {
    ...PLAIN,
    id: 'capacity',
    title: 'Highest rate under p95 < 100 ms',
    kind: 'search',
    scenario: 'capacity',
    needs: ['stores'],
    figures: [
      {
        key: 'rate',
        title: 'events a second that hold every gate',
        unit: 'per_s',
        direction: 'higher',
        isMain: true,
        read: null,
      },
    ],
  },
];

/** Names of all parts, for flags and messages. */
export const PART_IDS: readonly string[] = SUITE_PARTS.map(({ id }) => id);

/**
 * The parts with these names and those that must come before them, in the order of the battery.
 * @param wanted null for all
 */
export function selectParts(wanted: readonly string[] | null): readonly SuitePart[] {
  if (wanted === null) return SUITE_PARTS;
  const before = SUITE_PARTS.filter(({ id }) => wanted.includes(id)).flatMap(({ after }) => after ?? []);
  return SUITE_PARTS.filter(({ id }) => wanted.includes(id) || before.includes(id));
}

/** Parts that follow each other on one relay process: the first of each begins with an empty one. */
export function chainsOf(parts: readonly SuitePart[]): readonly (readonly SuitePart[])[] {
  const heads = parts.filter(({ after }) => after === null);
  return heads.map((head) => [head, ...parts.filter(({ after }) => after === head.id)]);
}
