import { performance } from 'node:perf_hooks';
import { CANCELLED } from './lane.ts';
import type { Work } from './work.ts';

/** A client that uses the database for a larger part of the time than this is a costly one. */
const COSTLY_SHARE = 0.1;
/** What it may use after a silence before it is one, in milliseconds. */
const BURST_MS = 200;
/** The same of a new client: coming again must not pay. */
const NEW_BURST_MS = 20;
/** Most that is remembered of what it has used: a while of little use makes up for any. */
const DEBT_MAX_MS = 2_000;

/** After a slow start so many may be inside. */
const FIRST_PLACES = 2;
/** Somebody who asks little has been there: what is costly leaves them as much time as it takes, up to this much at once. */
const RECENT_MS = 1_000;
const REST_MAX_MS = 500;

/** How many may be inside at the same time. */
export interface AdmissionOptions {
  readonly places: number;
  /** Most of one client. */
  readonly perClient: number;
  /** Most of all costly clients together: the rest is for those who ask little. */
  readonly costlyPlaces: number;
  /** Monotonic milliseconds; tests pass their own. */
  readonly clock?: () => number;
  /** Calls back after so many milliseconds; tests pass their own. */
  readonly later?: (callback: () => void, ms: number) => void;
}

function afterwards(callback: () => void, ms: number): void {
  setTimeout(callback, ms).unref();
}

/** What somebody asks for: for whom, and until when. */
export type Asked = Pick<Work, 'onCancel'> & {
  /** Stands for the client. */
  readonly lane: object;
};

/** Somebody who is nobody's client, and waits in any case. */
export function askedByRelay(): Asked {
  return { lane: {}, onCancel: () => () => undefined };
}

/** What is remembered of a client. */
interface Client {
  inside: number;
  /** When those who are inside came in, added up. */
  startedMs: number;
  /** Whether something of it has ended: before that nobody knows what it uses. */
  isKnown: boolean;
  debtMs: number;
  countedMs: number;
  /** Told, when they are let in, whether they are costly; in the order of their coming. */
  readonly waiting: Set<(isCostly: boolean) => void>;
}

/**
 * Lets clients in to something that is slow when many use it at once. Who waits is let in in turn, whoever has used little
 * first; those who use much share a few places, so that they wait for each other and nobody else does for them, and while
 * there is anybody else they leave a place as long as they had it. Where everything is slow everybody seems to use much: who
 * has used least still comes first.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #clock: () => number;
  readonly #later: NonNullable<AdmissionOptions['later']>;
  /** When somebody who is not costly was last let in. */
  #modestMs = Number.NEGATIVE_INFINITY;
  readonly #clients = new WeakMap<object, Client>();
  /** Clients of whom something waits, in the order of their turns. */
  readonly #queue = new Set<Client>();
  #inside = 0;
  #costlyInside = 0;
  /** Places that may be taken now. */
  #open: number;
  /** What was begun before is no measure of what a client uses. */
  #lossMs = 0;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#open = options.places;
    this.#clock = options.clock ?? (() => performance.now());
    this.#later = options.later ?? afterwards;
  }

  /** Those who wait. */
  get waiting(): number {
    let waiting = 0;
    for (const client of this.#queue) waiting += client.waiting.size;
    return waiting;
  }

  /** Those who wait because every place is taken; who waits for others of its kind, or for itself, is not among them. */
  get waitingForPlace(): number {
    return this.#inside >= this.#options.places ? this.waiting : 0;
  }

  /**
   * Does something inside; what it takes is counted to the client.
   * @param asked what it is for: its client, and whether somebody still waits for it
   * @throws CancelledError where it was cancelled while it waited
   */
  async run<T>(asked: Asked, work: () => Promise<T>): Promise<T> {
    const client = this.#clientOf(asked.lane);
    const isCostly = this.#hasRoomFor(client) ? this.#enter(client) : await this.#wait(client, asked);
    const startedMs = this.#clock();
    client.startedMs += startedMs;
    try {
      const result = await work();
      this.#open = Math.min(this.#options.places, this.#open + 1);
      return result;
    } finally {
      client.startedMs -= startedMs;
      client.isKnown = true;
      const usedMs = this.#clock() - Math.max(startedMs, this.#lossMs);
      client.debtMs = Math.min(DEBT_MAX_MS, client.debtMs + usedMs);
      client.inside--;
      this.#inside--;
      if (isCostly) this.#rest(usedMs);
      this.#admit();
    }
  }

  /** A place of a costly client is free again: at once, or after a rest where others are there. */
  #rest(usedMs: number): void {
    const free = (): void => {
      this.#costlyInside--;
    };
    if (this.#clock() - this.#modestMs > RECENT_MS) {
      free();
      return;
    }
    this.#later(
      () => {
        free();
        this.#admit();
      },
      Math.min(usedMs, REST_MAX_MS),
    );
  }

  /**
   * What is inside has to begin anew (its connections were lost): few are let in at first, and one more with each that has
   * been served. Who all come at once would each pay for the beginning, and wait for each other. What clients have waited
   * until now is not counted to them.
   */
  slowStart(): void {
    this.#lossMs = this.#clock();
    this.#open = Math.min(this.#open, FIRST_PLACES);
  }

  #clientOf(key: object): Client {
    let client = this.#clients.get(key);
    if (client === undefined) {
      client = {
        inside: 0,
        startedMs: 0,
        isKnown: false,
        debtMs: BURST_MS - NEW_BURST_MS,
        countedMs: this.#clock(),
        waiting: new Set(),
      };
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
    else this.#modestMs = this.#clock();
    return isCostly;
  }

  #wait(client: Client, asked: Asked): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const enter = (isCostly: boolean): void => {
        forget();
        resolve(isCostly);
      };
      const forget = asked.onCancel(() => {
        client.waiting.delete(enter);
        if (client.waiting.size === 0) this.#queue.delete(client);
        reject(CANCELLED);
      });
      client.waiting.add(enter);
      this.#queue.add(client);
    });
  }

  /** Lets in whoever has room, who has used least of late first; of equals, who waits longest. */
  #admit(): void {
    for (let next = this.#next(); next !== null; next = this.#next()) this.#letIn(next);
  }

  #next(): Client | null {
    let next: Client | null = null;
    for (const client of this.#queue) {
      if (!this.#hasRoomFor(client)) continue;
      if (next === null || client.debtMs < next.debtMs) next = client;
    }
    return next;
  }

  #letIn(next: Client): void {
    this.#queue.delete(next);
    const [tell] = next.waiting;
    if (tell === undefined) return;
    next.waiting.delete(tell);
    if (next.waiting.size > 0) this.#queue.add(next);
    tell(this.#enter(next));
  }

  #hasRoomFor(client: Client): boolean {
    const { perClient, costlyPlaces } = this.#options;
    const isCostly = this.#isCostly(client);
    if (this.#inside >= this.#open || client.inside >= (client.isKnown ? perClient : 1)) return false;
    return this.#costlyInside < costlyPlaces || !isCostly;
  }

  #isCostly(client: Client): boolean {
    const nowMs = this.#clock();
    client.debtMs = Math.max(0, client.debtMs - (nowMs - client.countedMs) * COSTLY_SHARE);
    client.countedMs = nowMs;
    // What has not ended yet counts too: a client must not ask for the most before the first answer shows what it costs.
    const runningMs = client.inside * nowMs - client.startedMs;
    return client.debtMs + Math.min(runningMs, client.inside * (nowMs - this.#lossMs)) > BURST_MS;
  }
}
