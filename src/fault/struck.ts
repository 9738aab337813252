/** What an action has done. */
export interface Struck {
  /** In words, where there is more to say than the action itself; null where there is not. */
  readonly detail: string | null;
  /** Ends what lasts; null where nothing does. May be called once. */
  readonly undo: (() => Promise<void>) | null;
  /** Leaves it as it is for good; only where somebody else can undo it. Null where that can't be. */
  readonly leave: (() => Promise<void>) | null;
  /** When the parts had taken the blow, monotonic ns: killed, frozen, cut. */
  readonly struckNs: number;
}

/** Where an action is over at once. */
export function over(struckNs: number, detail: string | null = null): Struck {
  return { detail, undo: null, leave: null, struckNs };
}
