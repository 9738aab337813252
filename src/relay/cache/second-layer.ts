/** A cache outside the process, shared by all relays: what the layers above need of Redis. */
export interface SecondLayer {
  /** Whether it can be asked now. */
  readonly isUsable: boolean;
  /** Operations that have failed so far. */
  readonly errors: number;
  /** The values of the keys, null where there is none or the layer fails. Never rejects. */
  getMany(keys: readonly string[]): Promise<readonly (string | null)[]>;
  /** Keeps values for a while. Never rejects. */
  setMany(entries: readonly (readonly [key: string, value: string])[]): Promise<void>;
  /**
   * Forgets keys. Never rejects: what could not be forgotten makes the layer unusable to this process until it is
   * forgotten or has expired.
   */
  deleteMany(keys: readonly string[]): Promise<void>;
  /** What was kept in another epoch is neither read nor written from now on; before the first one nothing is. */
  beginEpoch(epoch: string): void;
  close(): Promise<void>;
}
