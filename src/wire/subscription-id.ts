/** In the place of a sequence number: the subscription id is a letter alone. */
export const BARE = -2;

/** A letter and eight hex digits of a sequence number: the subscription id of one of many. */
export function numberedSubscription(letter: string, sequence: number): string {
  return `${letter}${(sequence >>> 0).toString(16).padStart(8, '0')}`;
}

/** The subscription id of a letter and a sequence number or {@link BARE}. @param letter its character code */
export function subscriptionText(letter: number, sequence: number): string {
  const text = String.fromCharCode(letter);
  return sequence === BARE ? text : numberedSubscription(text, sequence);
}

/** A subscription id in parts. */
export interface SubscriptionId {
  /** Character code. */
  readonly letter: number;
  /** Or {@link BARE}. */
  readonly sequence: number;
}

/** The inverse of {@link subscriptionText}; null for anything else. */
export function parseSubscription(id: string): SubscriptionId | null {
  const match = /^([a-z])([0-9a-f]{8})?$/.exec(id);
  if (match === null) return null;
  return {
    letter: id.charCodeAt(0),
    sequence: match[2] === undefined ? BARE : Number.parseInt(match[2], 16),
  };
}
