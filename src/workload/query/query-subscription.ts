import { numberedSubscription } from '../../wire/subscription-id.ts';

/** Letter of the subscriptions of queries. */
export const QUERY_LETTER = 'q';

/** Subscription id of a query. @param sequence its sequence number on this worker */
export function querySubscription(sequence: number): string {
  return numberedSubscription(QUERY_LETTER, sequence);
}
