/** An event that waits for the moment at which its client publishes it. */
export interface SignedNote {
  readonly frame: Buffer;
  readonly idHigh: number;
  readonly idLow: number;
}
