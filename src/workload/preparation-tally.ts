/** How the target took one part of the preparation. */
export interface PreparationTally {
  /** Events to store, or subscriptions to open. */
  readonly asked: number;
  readonly done: number;
  /** How often it refused, by its own word (the prefix of OK or CLOSED, NIP-01). */
  readonly refused: ReadonlyMap<string, number>;
  /** Asked for and never answered. */
  readonly unanswered: number;
  /** Never asked for: every connection that could have had closed. */
  readonly unsent: number;
}

export const NOTHING_ASKED: PreparationTally = {
  asked: 0,
  done: 0,
  refused: new Map(),
  unanswered: 0,
  unsent: 0,
};

/** The same of all workers together. */
export function sumTallies(tallies: readonly PreparationTally[]): PreparationTally {
  const refused = new Map<string, number>();
  for (const [word, times] of tallies.flatMap((tally) => [...tally.refused]))
    refused.set(word, (refused.get(word) ?? 0) + times);
  const sum = (key: 'asked' | 'done' | 'unanswered' | 'unsent'): number =>
    tallies.reduce((total, tally) => total + tally[key], 0);
  return {
    asked: sum('asked'),
    done: sum('done'),
    refused,
    unanswered: sum('unanswered'),
    unsent: sum('unsent'),
  };
}

/** How many were refused, whatever the word. */
export function refusedIn({ refused }: Pick<PreparationTally, 'refused'>): number {
  return [...refused.values()].reduce((sum, times) => sum + times, 0);
}
