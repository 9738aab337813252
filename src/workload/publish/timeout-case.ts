import { formatDurationMs } from '../../base/duration.ts';
import type { PendingTable } from '../../wire/pending-table.ts';
import type { CaseSink } from '../case-sink.ts';
import { shortId } from '../short-id.ts';

export interface TimeoutCaseOptions {
  readonly cases: CaseSink;
  /** Of what is published, where all is of one kind. */
  readonly kind: number | null;
  readonly timeoutMs: number;
}

/** Keeps the case of an event that was never answered, where one more is wanted. */
export function keepTimeoutCase(
  { cases, kind, timeoutMs }: TimeoutCaseOptions,
  waiting: PendingTable,
  entry: number,
): void {
  if (!cases.wants('events_timeout')) return;
  const id = shortId(waiting.keyHighOf(entry), waiting.keyLowOf(entry));
  cases.add('events_timeout', {
    connection: waiting.connectionOf(entry),
    subscription: '',
    filter: null,
    expected: [kind === null ? { id } : { id, kind }],
    got: [],
    note: `no OK within ${formatDurationMs(timeoutMs)}, or until the run ended`,
  });
}
