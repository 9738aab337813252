/** Why a line of an import is left out, in the order in which they are looked for. */
export const DROP_REASONS = [
  /** Longer than a line may be. */
  'line-too-long',
  /** Nested deeper than an event can be. */
  'too-deep',
  /** An event whose backslashes (COPY of Postgres) or quotes (CSV) are doubled. */
  'escaped-again',
  /** Not JSON in UTF-8. */
  'not-json',
  /** Not an event: a field is missing or of the wrong form. */
  'not-an-event',
  /** The id is not the hash of the event. */
  'wrong-id',
  /** The signature does not belong to the id and the public key. */
  'wrong-signature',
  /** An event with this id came before. */
  'duplicate',
] as const;
export type DropReason = (typeof DROP_REASONS)[number];
