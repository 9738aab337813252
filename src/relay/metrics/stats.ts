import { type DeflateCounts, noDeflateCounts } from '../../base/deflate-message.ts';

/** What became of an EVENT, as a label of the metrics. */
export const EVENT_OUTCOMES = [
  'stored',
  'ephemeral',
  'duplicate',
  'superseded',
  'deleted',
  'invalid',
  'restricted',
  'rate-limited',
  'overloaded',
  'full',
  'error',
] as const;

export type EventOutcome = (typeof EVENT_OUTCOMES)[number];

/** Operations whose latency is measured. */
export type QueryOperation = 'req' | 'count' | 'neg' | 'http';

/**
 * Counts of one relay process. Plain numbers, because they are counted on the hot path; the metrics
 * endpoint reads them.
 */
export class RelayStats {
  readonly events: Record<EventOutcome, number>;
  connections = 0;
  connectionsTotal = 0;
  deliveries = 0;
  /** Messages that could not be understood or were against the rules. */
  invalidMessages = 0;
  /** Connections that were cut because their reader was too slow. */
  slowReadersCut = 0;
  /** Connections that were cut because a message was not complete in time. */
  slowSendersCut = 0;
  /** Connections that were closed because of what their client has sent. */
  clientsCut = 0;
  /** Events that open reconciliations hold (NIP-77). */
  negentropyRecords = 0;
  /** Open connections that have negotiated permessage-deflate. */
  compressedConnections = 0;
  /** What was compressed for them, and by them. */
  readonly compression: DeflateCounts = noDeflateCounts();
  /** Called with the duration of every query. */
  onQuery: (operation: QueryOperation, seconds: number) => void = () => undefined;

  constructor() {
    this.events = Object.fromEntries(EVENT_OUTCOMES.map((outcome) => [outcome, 0])) as typeof this.events;
  }

  /** EVENT messages answered since the start. */
  get eventsTotal(): number {
    return EVENT_OUTCOMES.reduce((total, outcome) => total + this.events[outcome], 0);
  }
}
