import type { Counters } from './schema.ts';

/** Sum of a counter that is split by a word, for example all rejections. */
export function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/**
 * Whether everything is accounted for: each arrival was sent, could not be sent or was dropped, and each event, query
 * and expected delivery has exactly one outcome.
 * @param offered events and queries that were scheduled in the measured phases
 * @returns one sentence a violated equation; empty where all hold. A violation is a bug of relay-bench, and the
 * run that shows it is invalid.
 */
export function checkConservation(
  counters: Counters,
  offered: { readonly events: number; readonly queries: number },
): string[] {
  const equations = [
    {
      what: 'events offered',
      total: offered.events,
      outcomes: {
        sent: counters.events_sent,
        unsent: counters.events_unsent,
        dropped: counters.events_dropped,
      },
    },
    {
      what: 'queries offered',
      total: offered.queries,
      outcomes: {
        sent: counters.queries_sent,
        unsent: counters.queries_unsent,
        dropped: counters.queries_dropped,
      },
    },
    {
      what: 'events sent',
      total: counters.events_sent,
      outcomes: {
        accepted: counters.events_accepted,
        duplicate: counters.events_duplicate,
        rejected: sumOf(counters.events_rejected),
        timeout: counters.events_timeout,
        'lost at close': counters.events_lost_at_close,
      },
    },
    {
      // An overflow is closed by this side and counted among the closed ones.
      what: 'queries sent',
      total: counters.queries_sent,
      outcomes: {
        completed: counters.queries_completed,
        closed: counters.queries_closed,
        timeout: counters.queries_timeout,
        'lost at close': counters.queries_lost_at_close,
      },
    },
    {
      what: 'deliveries expected',
      total: counters.deliveries_expected,
      outcomes: { received: counters.deliveries_received, missing: counters.deliveries_missing },
    },
  ];
  return equations.flatMap(({ what, total, outcomes }) => {
    const sum = sumOf(outcomes);
    if (sum === total) return [];
    const terms = Object.entries(outcomes).map(([name, count]) => `${count} ${name}`);
    return [
      `conservation violated (a bug in relay-bench): ${total} ${what}, but ${terms.join(' + ')} = ${sum}`,
    ];
  });
}
