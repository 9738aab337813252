/** A live subscription of this worker. */
export interface Subscriber {
  readonly connection: number;
  readonly topic: number;
}

/** Place of a subscriber among those of its topic. */
interface Place {
  readonly place: number;
  readonly topic: number;
}

/** The live subscriptions of a worker, as the scenario asks for them, whatever has become of them. */
export class Subscribers {
  readonly #placeOf = new Map<number, Place>();
  readonly #live = new Set<number>();
  /** Connections of each topic, in the order of their places. */
  readonly #ofTopic = new Map<number, number[]>();

  constructor(subscribers: readonly Subscriber[]) {
    for (const { connection, topic } of subscribers) {
      const connections = this.#ofTopic.get(topic) ?? [];
      this.#placeOf.set(connection, { place: connections.length, topic });
      connections.push(connection);
      this.#ofTopic.set(topic, connections);
    }
  }

  /** Subscribers of the largest topic, at least 1. */
  get largest(): number {
    return Math.max(1, ...[...this.#ofTopic.values()].map(({ length }) => length));
  }

  /** Undefined where the connection is to have no live subscription. */
  placeOf(connection: number): Place | undefined {
    return this.#placeOf.get(connection);
  }

  isLive(connection: number): boolean {
    return this.#live.has(connection);
  }

  /** The subscription of a connection has begun, or ended. */
  setLive(connection: number, isLive: boolean): void {
    if (!isLive) this.#live.delete(connection);
    else if (this.#placeOf.has(connection)) this.#live.add(connection);
  }

  /** Connections of a topic, in the order of their places. */
  of(topic: number): readonly number[] {
    return this.#ofTopic.get(topic) ?? NOBODY;
  }
}

const NOBODY: readonly number[] = [];
