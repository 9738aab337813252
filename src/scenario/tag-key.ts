/** A single-letter tag in a filter (NIP-01). */
export const TAG_KEY = /^#[a-zA-Z]$/;
