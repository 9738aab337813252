/** What a flag of the relay limits, in words, and the least value that makes sense. */
export interface LimitFlag {
  readonly description: string;
  readonly least: 0 | 1;
}

function flag(description: string, least: LimitFlag['least'] = 1): LimitFlag {
  return { description, least };
}

/**
 * Every flag that sets a limit of the relay, a whole number: the relay program reads them, the command line passes them on.
 * It stands here because the relay shares nothing else with the command line.
 */
export const RELAY_LIMIT_FLAGS = {
  'max-message-bytes': flag('bytes of one message'),
  'max-connections': flag('open connections'),
  'max-subscriptions': flag('open subscriptions per connection'),
  'max-filters': flag('filters per REQ'),
  'max-filter-values': flag('values in all lists of one filter'),
  'max-request-values': flag('values in all filters of one REQ'),
  'max-tag-conditions': flag('tag conditions of one filter'),
  'max-filter-bytes': flag('bytes of memory that the filters of one connection may take'),
  'max-filter-bytes-total': flag('the same of all connections'),
  'query-deadline-s': flag('seconds that a question may take the database'),
  'max-live-searches': flag('open filters that search, per connection', 0),
  'max-limit': flag('highest limit that a filter may ask for'),
  'default-limit': flag('limit given to a filter that has none'),
  'max-event-tags': flag('tags of one event'),
  'max-content-length': flag('characters of the content of one event'),
  'created-at-ahead-s': flag('seconds that an event may be ahead of the clock', 0),
  'max-backlog-bytes': flag('bytes that may wait for a slow reader'),
  'max-backlog-bytes-total': flag('bytes that may wait for all slow readers together'),
  'max-invalid-signatures': flag('invalid signatures more than valid ones per connection; 0: any number', 0),
  'verify-queue-max': flag('events that may wait for verification'),
  'min-pow-difficulty': flag('leading zero bits that ids must have (NIP-13)', 0),
  'max-neg-records': flag('events of one reconciliation (NIP-77)'),
  'max-neg-sessions': flag('open reconciliations per connection'),
  'neg-idle-s': flag('seconds after which a silent reconciliation ends'),
  'message-deadline-s': flag('seconds from the first byte of a message to its last'),
  'handshake-deadline-s': flag('seconds from connecting to the end of the handshake'),
  'max-malformed-per-s': flag(
    'messages a second that are malformed or ask for too much, per connection; 0: any number',
    0,
  ),
  'max-pings-per-s': flag('pings a second per connection; 0: any number', 0),
  'max-connections-per-ip': flag('open connections per address; 0: any number', 0),
  'max-events-per-s': flag('events a second per connection; 0: any number', 0),
  'max-events-per-s-per-ip': flag('events a second per address; 0: any number', 0),
  'max-reqs-per-s': flag('requests a second per connection; 0: any number', 0),
  'max-reqs-per-s-per-ip': flag('requests a second per address; 0: any number', 0),
} as const satisfies Readonly<Record<string, LimitFlag>>;

/** The name of such a flag, without dashes in front. */
export type RelayLimitFlag = keyof typeof RELAY_LIMIT_FLAGS;
