import { NOT_HEX } from '../base/hex.ts';

/** Subscription id of the one live subscription of a connection. */
export const LIVE_SUBSCRIPTION = 's';

/** Subscription id of a query: `q` and eight hex digits of its sequence number on this worker. */
export function querySubscription(sequence: number): string {
  return `q${(sequence >>> 0).toString(16).padStart(8, '0')}`;
}

/** The inverse of {@link querySubscription}; {@link NOT_HEX} for anything else. */
export function parseQuerySubscription(id: string): number {
  return /^q[0-9a-f]{8}$/.test(id) ? Number.parseInt(id.slice(1), 16) : NOT_HEX;
}
