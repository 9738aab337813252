/** How long what is wrong at first sight may take to become right. */
export class Patience {
  readonly #waitsMs: readonly number[];
  readonly #untilMs: number;
  #leftMs: number;
  #isProgressing = false;

  /**
   * @param waitsMs before each further look
   * @param mostMs as long as things get better the last wait is repeated, so long altogether
   * @param untilMs so long it is repeated in any case (`performance.now()`)
   */
  constructor(waitsMs: readonly number[] = [200, 1_000, 3_000], mostMs = 30_000, untilMs = 0) {
    this.#waitsMs = waitsMs;
    this.#leftMs = mostMs;
    this.#untilMs = untilMs;
  }

  *waits(): Generator<number> {
    yield* this.#waitsMs;
    const lastMs = this.#waitsMs.at(-1) ?? 0;
    while (lastMs > 0) {
      const isEarly = performance.now() < this.#untilMs;
      if (!isEarly && !(this.#isProgressing && this.#leftMs >= lastMs)) return;
      if (!isEarly) this.#leftMs -= lastMs;
      yield lastMs;
    }
  }

  /** Whether the last look has found less wrong than the one before. */
  progressed(isLess: boolean): void {
    this.#isProgressing = isLess;
  }
}
