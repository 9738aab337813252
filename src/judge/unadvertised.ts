import { own } from '../base/own.ts';
import { type Finding, finding } from './observations.ts';

/** The NIP-11 document of a relay, as a record keeps it. */
type Told = Readonly<Record<string, unknown>>;

/** Counters of a run that show what a relay enforces. */
export interface Enforced {
  readonly events_rejected: Readonly<Record<string, number>>;
  readonly close_codes: Readonly<Record<string, number>>;
  readonly events_retried_after_auth: number;
  readonly queries_retried_after_auth: number;
  readonly subscriptions_retried_after_auth: number;
}

const AUTH_NIP = 42;
/** RFC 6455: a message that is too big to process. */
const TOO_BIG = '1009';

/**
 * What a relay enforces and does not tell in its NIP-11 document, as far as a run has met it. A relay without the document
 * tells nothing, which is no contradiction.
 */
export function enforcedUnadvertised(told: Told | null, counters: Enforced): readonly Finding[] {
  if (told === null) return [];
  const { limitation, supported_nips: nips } = told;
  const limits = typeof limitation === 'object' && limitation !== null ? (limitation as Told) : {};
  const knowsAuth = !Array.isArray(nips) || nips.includes(AUTH_NIP);
  const { events_rejected, close_codes } = counters;
  const demanded =
    counters.events_retried_after_auth +
    counters.queries_retried_after_auth +
    counters.subscriptions_retried_after_auth +
    (own(events_rejected, 'auth-required') ?? 0);
  const seen = [
    ['work-not-advertised', isTold(limits, 'min_pow_difficulty'), own(events_rejected, 'pow')],
    ['length-not-advertised', isTold(limits, 'max_message_length'), own(close_codes, TOO_BIG)],
    ['auth-not-advertised', knowsAuth, demanded],
  ] as const;
  return seen.flatMap(([kind, isAdvertised, times = 0]) =>
    isAdvertised || times === 0 ? [] : [finding(kind, times)],
  );
}

function isTold(limits: Told, name: string): boolean {
  const value = own(limits, name);
  return typeof value === 'number' && value > 0;
}
