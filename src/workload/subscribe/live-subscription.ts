/** Letter of live subscriptions; each connection has at most one. */
export const LIVE_LETTER = 's';

/** Subscription id of the one live subscription of a connection. */
export const LIVE_SUBSCRIPTION = LIVE_LETTER;
