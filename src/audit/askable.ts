import { NotAskedError } from './patient-connection.ts';
import type { AskedRelay } from './relays.ts';

/** Relays of which each may turn out not to be askable: the others are asked all the same. */
export class Askable {
  #relays: readonly AskedRelay[];
  readonly #notAsked: string[] = [];

  constructor(relays: readonly AskedRelay[]) {
    this.#relays = relays;
  }

  /** Which could not be asked, and why; in the order in which that was found. */
  get notAsked(): readonly string[] {
    return this.#notAsked;
  }

  /**
   * Carries out what asks all of them; where one can't be asked once more without it, and so on.
   * @param ask called with those that are left
   */
  async with<T>(ask: (relays: readonly AskedRelay[]) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask(this.#relays);
      } catch (error) {
        if (!(error instanceof NotAskedError) || !this.#leaveOut(error)) throw error;
      }
    }
  }

  /** False where it is none of them. */
  #leaveOut({ relays }: NotAskedError): boolean {
    const away = this.#relays.flatMap(({ name }) => relays.get(name) ?? []);
    this.#relays = this.#relays.filter(({ name }) => !relays.has(name));
    this.#notAsked.push(...away);
    return away.length > 0;
  }
}
