import type { BasicRelayInformation, Limitations } from 'nostr-tools/nip11';
import { own } from '../base/own.ts';
import { withoutMark } from '../base/text.ts';
import { parseJson } from './json.ts';

/**
 * The limits that NIP-11 names, with the types of nostr-tools; a field of another type than expected is left out.
 * `max_message_length` counts bytes from `[` to `]`, `max_content_length` Unicode characters, `max_event_tags` the tags
 * of an event, `max_subscriptions` those of one connection, `min_pow_difficulty` leading zero bits (NIP-13);
 * `created_at_lower_limit` and `…_upper_limit` are seconds before and after now; `max_limit` cuts the `limit` of a filter silently.
 */
export type RelayLimitation = Readonly<Partial<Omit<Limitations, 'min_prefix'>>> & {
  /** `limit` where a filter has none; nostr-tools does not know it yet. */
  readonly default_limit?: number;
};

/** The information document of a relay (NIP-11); every field may be missing. */
export type RelayInformation = Readonly<Partial<BasicRelayInformation>> & {
  readonly limitation?: RelayLimitation;
};

/** Media type of the document. */
export const RELAY_INFORMATION_TYPE = 'application/nostr+json';

const TEXT_FIELDS = ['name', 'description', 'pubkey', 'contact', 'software', 'version'] as const;
const NUMBER_LIMITS = [
  'max_message_length',
  'max_subscriptions',
  'max_limit',
  'max_subid_length',
  'max_event_tags',
  'max_content_length',
  'min_pow_difficulty',
  'created_at_lower_limit',
  'created_at_upper_limit',
  'default_limit',
  'max_filters',
] as const;
const BOOLEAN_LIMITS = ['auth_required', 'payment_required', 'restricted_writes'] as const;

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pick(fields: Fields, names: readonly string[], type: 'string' | 'number' | 'boolean'): Fields {
  return Object.fromEntries(
    names.map((name) => [name, own(fields, name)]).filter(([, value]) => typeof value === type),
  );
}

function parseLimitation(value: unknown): RelayLimitation | undefined {
  if (!isObject(value)) return undefined;
  return { ...pick(value, NUMBER_LIMITS, 'number'), ...pick(value, BOOLEAN_LIMITS, 'boolean') };
}

/**
 * Reads an information document from a relay that may be hostile. Never throws; keeps only the known fields
 * that have the expected type. Texts are returned as received: escape them before display.
 * @returns null where the text is not a JSON object
 */
export function parseRelayInformation(text: string): RelayInformation | null {
  const value = parseJson(withoutMark(text));
  if (!isObject(value)) return null;
  const nips = value['supported_nips'];
  const limitation = parseLimitation(value['limitation']);
  return {
    ...pick(value, TEXT_FIELDS, 'string'),
    ...(Array.isArray(nips) ? { supported_nips: nips.filter((nip) => Number.isInteger(nip)) } : {}),
    ...(limitation === undefined ? {} : { limitation }),
  };
}
