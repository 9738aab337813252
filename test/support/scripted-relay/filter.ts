/** The parts of an event that filters look at. */
export interface WireEvent {
  readonly id: string;
  readonly pubkey: string;
  readonly kind: number;
  readonly created_at: number;
  readonly tags: readonly (readonly string[])[];
}

export type WireFilter = Readonly<Record<string, unknown>>;

/** Whether the event matches the filter (NIP-01); unknown keys are ignored. */
export function matches(filter: WireFilter, event: WireEvent): boolean {
  return Object.entries(filter).every(([key, wanted]) => conditionHolds(key, wanted, event));
}

function conditionHolds(key: string, wanted: unknown, event: WireEvent): boolean {
  if (key === 'since') return event.created_at >= Number(wanted);
  if (key === 'until') return event.created_at <= Number(wanted);
  const values = candidates(key, event);
  return values === null || !Array.isArray(wanted) || values.some((value) => wanted.includes(value));
}

/** The event's values for one filter key; null where the key restricts nothing. */
function candidates(key: string, event: WireEvent): readonly unknown[] | null {
  if (key === 'ids') return [event.id];
  if (key === 'authors') return [event.pubkey];
  if (key === 'kinds') return [event.kind];
  if (!key.startsWith('#')) return null;
  return event.tags.filter((tag) => tag[0] === key.slice(1)).map((tag) => tag[1]);
}
