/** Largest message that a relay may send before its connection is cut (close 1009): a guard, not a limit of Nostr. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;
