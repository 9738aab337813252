import { performance } from 'node:perf_hooks';

/** A client that uses the database for a larger part of the time than this is a costly one. */
const COSTLY_SHARE = 0.1;
/** What it may use after a silence before it is one, in milliseconds. */
const BURST_MS = 200;

/** How many may be inside at the same time. */
export interface AdmissionOptions {
  readonly places: number;
  /** Most of one client. */
  readonly perClient: number;
  /** Most of all costly clients together: the rest is for those who ask little. */
  readonly costlyPlaces: number;
  /** Monotonic milliseconds; tests pass their own. */
  readonly clock?: () => number;
}

/** What is remembered of a client. */
interface Client {
  inside: number;
  debtMs: number;
  countedMs: number;
  /** Told, when they are let in, whether they are costly. */
  readonly waiting: ((isCostly: boolean) => void)[];
}

/**
 * Lets clients in to something that is slow when many use it at once. Who waits is let in in turn, whoever has used little
 * first; those who use much share a few places, so that they wait for each other and nobody else does for them.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #clock: () => number;
  readonly #clients = new WeakMap<object, Client>();
  /** Clients of whom something waits, in the order of their turns. */
  readonly #queue = new Set<Client>();
  #inside = 0;
  #costlyInside = 0;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now());
  }

  /** Those who wait. */
  get waiting(): number {
    let waiting = 0;
    for (const client of this.#queue) waiting += client.waiting.length;
    return waiting;
  }

  /** Does something inside; what it takes is counted to the client. */
  async run<T>(key: object, work: () => Promise<T>): Promise<T> {
    const client = this.#clientOf(key);
    const isCostly = this.#hasRoomFor(client) ? this.#enter(client) : await this.#wait(client);
    const startedMs = this.#clock();
    try {
      return await work();
    } finally {
      client.debtMs += this.#clock() - startedMs;
      client.inside--;
      this.#inside--;
      if (isCostly) this.#costlyInside--;
      this.#admit();
    }
  }

  #clientOf(key: object): Client {
    let client = this.#clients.get(key);
    if (client === undefined) {
      client = { inside: 0, debtMs: 0, countedMs: this.#clock(), waiting: [] };
      this.#clients.set(key, client);
    }
    return client;
  }

  /** @returns whether it enters as a costly client */
  #enter(client: Client): boolean {
    const isCostly = this.#isCostly(client);
    client.inside++;
    this.#inside++;
    if (isCostly) this.#costlyInside++;
    return isCostly;
  }

  #wait(client: Client): Promise<boolean> {
    return new Promise((resolve) => {
      client.waiting.push(resolve);
      this.#queue.add(client);
    });
  }

  /** Lets in whoever is next and has room, those who use little first. */
  #admit(): void {
    const clients = [...this.#queue];
    const next =
      clients.find((client) => !this.#isCostly(client) && this.#hasRoomFor(client)) ??
      clients.find((client) => this.#hasRoomFor(client));
    if (next === undefined) return;
    this.#queue.delete(next);
    const tell = next.waiting.shift();
    if (next.waiting.length > 0) this.#queue.add(next);
    tell?.(this.#enter(next));
  }

  #hasRoomFor(client: Client): boolean {
    const { places, perClient, costlyPlaces } = this.#options;
    if (this.#inside >= places || client.inside >= perClient) return false;
    return this.#costlyInside < costlyPlaces || !this.#isCostly(client);
  }

  #isCostly(client: Client): boolean {
    const nowMs = this.#clock();
    client.debtMs = Math.max(0, client.debtMs - (nowMs - client.countedMs) * COSTLY_SHARE);
    client.countedMs = nowMs;
    return client.debtMs > BURST_MS;
  }
}
