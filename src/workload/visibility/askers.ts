import type { Random } from '../../base/random.ts';
import { NONE } from '../../wire/pending-table.ts';

export interface AskersOptions {
  /** Numbers of the connections that ask. */
  readonly connections: readonly number[];
  readonly isOpen: (connection: number) => boolean;
  /** The relay process that a connection has reached, or the target where that is not known. */
  readonly placeOf: (connection: number) => string;
  readonly random: Random;
}

/** Draws so many times for another relay process before any other connection will do. */
const DRAWS = 16;

/** Who asks for an event: never who has written it, and on another relay process where there is one. */
export class Askers {
  readonly #options: AskersOptions;

  constructor(options: AskersOptions) {
    this.#options = options;
  }

  /** An open connection that can ask for what `publisher` has written; {@link NONE} where there is none. */
  pick(publisher: number): number {
    const { placeOf } = this.#options;
    const place = placeOf(publisher);
    let fallback = NONE;
    for (let drawn = 0; drawn < DRAWS; drawn++) {
      const connection = this.#draw();
      if (!this.#canAsk(connection, publisher)) continue;
      if (placeOf(connection) !== place) return connection;
      fallback = connection;
    }
    if (fallback !== NONE) return fallback;
    return this.#options.connections.find((connection) => this.#canAsk(connection, publisher)) ?? NONE;
  }

  #draw(): number {
    const { connections, random } = this.#options;
    return connections[random.int(connections.length)] ?? NONE;
  }

  #canAsk(connection: number, publisher: number): boolean {
    return connection !== publisher && connection !== NONE && this.#options.isOpen(connection);
  }
}
