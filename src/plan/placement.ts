/** Which cores the parts of a run keep to. */
export interface Placement {
  /** The core of each worker's event loop, which nothing else of the run uses. */
  readonly workers: readonly number[];
  /** The cores of all the rest that the run starts: its other threads, and the relay where it starts one. */
  readonly others: readonly number[];
}

/**
 * A core for each worker and at least one for the rest. Workers get the last ones: systems like to have their own work done on the first.
 * @param cores that may be used
 * @returns null where there are too few
 */
export function placementFor(workers: number, cores: readonly number[]): Placement | null {
  if (cores.length <= workers) return null;
  return { workers: cores.slice(-workers), others: cores.slice(0, -workers) };
}
