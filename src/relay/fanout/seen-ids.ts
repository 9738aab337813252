/** Ids of two generations at most: more are forgotten early, and an event may then be delivered twice. */
const GENERATION_MAX = 250_000;

/**
 * Ids of events that were delivered lately. Kept in two generations, so that forgetting costs nothing per id: an id is
 * remembered for at least one, and at most two, times the time between two calls of {@link SeenIds.age}.
 */
export class SeenIds {
  #young = new Set<string>();
  #old = new Set<string>();

  /** Remembers an id; false where it was known. */
  add(id: string): boolean {
    if (this.#young.has(id) || this.#old.has(id)) return false;
    this.#young.add(id);
    if (this.#young.size > GENERATION_MAX) this.age();
    return true;
  }

  has(id: string): boolean {
    return this.#young.has(id) || this.#old.has(id);
  }

  /** Forgets the old generation. */
  age(): void {
    this.#old = this.#young;
    this.#young = new Set();
  }
}
