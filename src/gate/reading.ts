/** The number that a gate is about, in its base unit (µs, 0..1, 1/s), or why there is none. */
export type Reading = Value | { readonly reason: string };

/** A number, and for a latency what bounds it from below. */
export interface Value {
  readonly value: number;
  readonly bounds?: LowerBound;
}

/** What a latency is at least, whatever the generator's lateness has added to the value. */
export interface LowerBound {
  /** The same figure from the write, in µs. */
  readonly service_us: number;
  /** By how much the generator's event loop may have delayed the reading of the answers, in µs. */
  readonly loopDelay_us: number;
}
