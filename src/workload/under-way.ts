/** Counts what a thread has been given and not answered yet, bounded. */
export class UnderWay {
  readonly #most: number;
  #count = 0;
  #onIdle: () => void = () => undefined;

  /** @param most beyond so many nothing is begun */
  constructor(most: number) {
    this.#most = most;
  }

  /** Count one more. @returns false where there are too many already: then it must not be given away */
  begin(): boolean {
    if (this.#count >= this.#most) return false;
    this.#count++;
    return true;
  }

  /** One has been answered. */
  ended(): void {
    this.#count--;
    if (this.#count === 0) this.#onIdle();
  }

  /** Wait until all have been answered, at most `timeoutMs`. */
  async idle(timeoutMs: number): Promise<void> {
    if (this.#count === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
