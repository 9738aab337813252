export interface AudienceOptions {
  /** Whether somebody is waited for at the end where nobody has come. */
  readonly expectsSomebody: boolean;
}

/** So many are remembered; who comes later is served and not waited for. */
const MOST = 100;

/** Who follows a run, and who of them was told its end: that decides how long an endpoint lives after the run. */
export class Audience<Who> {
  readonly #options: AudienceOptions;
  readonly #knowsEnd = new Map<Who, boolean>();
  #onChange: () => void = () => undefined;

  constructor(options: AudienceOptions) {
    this.#options = options;
  }

  /** Somebody was told how the run is. */
  told(who: Who, isEnd: boolean): void {
    if (this.#knowsEnd.size >= MOST && !this.#knowsEnd.has(who)) return;
    this.#knowsEnd.set(who, isEnd);
    this.#onChange();
  }

  /** One of those who wait for the end was told it, whoever of them it was. */
  toldOne(): void {
    const [who] = [...this.#knowsEnd].find(([, knows]) => !knows) ?? [];
    if (who !== undefined) this.told(who, true);
  }

  /** Somebody does not follow the run any more. */
  left(who: Who): void {
    this.#knowsEnd.delete(who);
    this.#onChange();
  }

  /**
   * Waits until everybody who follows the run was told its end; where nobody does, for somebody, if one is expected.
   * @param longestMs for that
   * @param signal ends the waiting
   * @param onWait told where there is something to wait for
   */
  async linger(longestMs: number, signal: AbortSignal, onWait: () => void = () => undefined): Promise<void> {
    if (signal.aborted || this.#isDone()) return;
    onWait();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, longestMs);
      const end = (): void => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener('abort', end, { once: true });
      this.#onChange = () => {
        if (this.#isDone()) end();
      };
    });
  }

  #isDone(): boolean {
    if (this.#knowsEnd.size === 0) return !this.#options.expectsSomebody;
    return [...this.#knowsEnd.values()].every((knows) => knows);
  }
}
