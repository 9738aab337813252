/** The oldest transaction that was not over at some time: everything below it was visible then. */
interface Horizon {
  readonly atMs: number;
  readonly transaction: string;
}

const KEPT_MAX = 120;

/** Remembers how far the database was at times in the past. */
export class Horizons {
  readonly #horizons: Horizon[] = [];

  /** Times are in milliseconds of a monotonic clock. */
  add(atMs: number, transaction: string): void {
    this.#horizons.push({ atMs, transaction });
    if (this.#horizons.length > KEPT_MAX) this.#horizons.shift();
  }

  /** The newest transaction of which it is known that all before it were over at `atMs`; null before the first. */
  before(atMs: number): string | null {
    const known = this.#horizons.findLast((horizon) => horizon.atMs <= atMs) ?? this.#horizons[0];
    return known?.transaction ?? null;
  }
}
