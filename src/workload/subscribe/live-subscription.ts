/** Letter of live subscriptions, and the whole subscription id: each connection has at most one. */
export const LIVE_SUBSCRIPTION = 's';
