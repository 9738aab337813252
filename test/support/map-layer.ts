import type { SecondLayer } from '../../src/relay/cache/second-layer.ts';

/** The second layer without Redis; several stores may share its values. */
export class MapLayer implements SecondLayer {
  readonly values: Map<string, string>;
  readonly deleted: string[] = [];
  isUsable = true;
  errors = 0;
  #prefix = '';

  constructor(values = new Map<string, string>()) {
    this.values = values;
  }

  async getMany(keys: readonly string[]): Promise<readonly (string | null)[]> {
    return keys.map((key) => this.values.get(this.#prefix + key) ?? null);
  }

  async setMany(entries: readonly (readonly [string, string])[]): Promise<void> {
    for (const [key, value] of entries) this.values.set(this.#prefix + key, value);
  }

  async deleteMany(keys: readonly string[]): Promise<void> {
    this.deleted.push(...keys);
    for (const key of keys) this.values.delete(this.#prefix + key);
  }

  beginEpoch(epoch: string): void {
    this.#prefix = `${epoch}:`;
  }

  async close(): Promise<void> {
    this.values.clear();
  }
}
