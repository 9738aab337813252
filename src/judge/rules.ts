/** A sentence of a NIP that a judgement rests on. */
export interface Rule {
  /** Such as `NIP-01`. */
  readonly nip: string;
  /** The NIP's own words. */
  readonly quote: string;
}

const NIP_01 = (quote: string): Rule => ({ nip: 'NIP-01', quote });

const LATEST_ONLY = NIP_01(
  'even if the relay has more than one version stored, it SHOULD return just the latest one',
);

/**
 * What is wrong with an answer, each with what the NIPs say of it:
 * - `malformed`: something in it is no event
 * - `no-match`: an event that the filter does not ask for
 * - `repeated`: the same stored event twice, of one filter
 * - `order`: where a limit is given, not the newest first, or of the same second not the lowest id first
 * - `over-limit`: more stored events than the limit
 * - `deleted`: an event whose author has deleted it
 * - `superseded`: a version of which there is a newer one, and that was not asked for by its id
 * - `missing`: an event that belongs into it is not there
 * - `after-eose`: an event that was stored before the question came after EOSE
 */
export const ANSWER_RULES = {
  malformed: NIP_01(
    'The only object type that exists is the event, which has the following format on the wire',
  ),
  'no-match': NIP_01(
    'All conditions of a filter that are specified must match for an event for it to pass the filter',
  ),
  repeated: NIP_01(
    'the events returned in the initial query will be the last n events ordered by the created_at',
  ),
  order: NIP_01(
    'When limit: n is present … Newer events should appear first, and in the case of ties the event with the lowest id (first in lexical order) should be first',
  ),
  'over-limit': NIP_01(
    'Returning fewer events is acceptable, but returning (much) more should be avoided to prevent overwhelming clients',
  ),
  deleted: {
    nip: 'NIP-09',
    quote:
      'Relays SHOULD delete or stop publishing any referenced events that have an identical pubkey as the deletion request',
  },
  superseded: LATEST_ONLY,
  missing: NIP_01(
    'Upon receiving a REQ message, the relay SHOULD return events that match the filter; regular events are all expected to be stored by relays',
  ),
  'after-eose': NIP_01(
    'EOSE is used to indicate the end of stored events and the beginning of events newly received in real-time',
  ),
} as const satisfies Record<string, Rule>;

/** What is wrong with an answer. */
export type AnswerFault = keyof typeof ANSWER_RULES;

/** What is worth knowing of a relay and no fault, each with the sentence that allows it. */
export const FINDING_RULES = {
  'silent-cap': {
    nip: 'NIP-11',
    quote:
      'max_limit: the relay server will clamp each filter’s limit value to this number. … This clamping is typically done silently',
  },
  'limit-clipped': {
    nip: 'NIP-11',
    quote:
      'max_limit: the relay server will clamp each filter’s limit value to this number. This means the client won’t be able to get more than this number of events from a single subscription filter',
  },
  'limit-not-enforced': {
    nip: 'NIP-11',
    quote:
      'the client won’t be able to get more than this number of events from a single subscription filter',
  },
  'subscriptions-not-enforced': {
    nip: 'NIP-11',
    quote:
      'max_subscriptions: total number of subscriptions that may be active on a single websocket connection to this relay',
  },
  'length-not-enforced': {
    nip: 'NIP-11',
    quote:
      'max_message_length: the maximum number of bytes for incoming JSON that the relay will attempt to decode and act upon',
  },
  'work-not-enforced': {
    nip: 'NIP-11',
    quote:
      'min_pow_difficulty: new events will require at least this difficulty of PoW, based on NIP-13, or they will be rejected',
  },
  'length-not-advertised': {
    nip: 'NIP-11',
    quote:
      'These are limitations imposed by the relay on clients. Your client should expect that requests exceed these practical limitations are rejected or fail immediately.',
  },
  'work-not-advertised': {
    nip: 'NIP-11',
    quote:
      'min_pow_difficulty: new events will require at least this difficulty of PoW, based on NIP-13, or they will be rejected',
  },
  'auth-not-advertised': {
    nip: 'NIP-11',
    quote:
      'supported_nips: As the Nostr protocol evolves, some functionality may only be available by relays that implement a specific NIP',
  },
  'deletions-not-kept': {
    nip: 'NIP-09',
    quote: 'Relays SHOULD continue to publish/share the deletion request events indefinitely',
  },
  'deletions-not-applied': {
    nip: 'NIP-09',
    quote: 'Relays SHOULD delete or stop publishing any referenced events',
  },
  'slow-readers-closed': NIP_01(
    'CLOSED … can also be sent when a relay decides to kill a subscription on its side before a client has disconnected or sent a CLOSE',
  ),
  'slow-readers-behind': NIP_01(
    'stores that filter and sends again all future events it receives to that same websocket until the websocket is closed',
  ),
} as const satisfies Record<string, Rule>;

/** What is worth knowing of a relay and no fault. */
export type FindingKind = keyof typeof FINDING_RULES;
