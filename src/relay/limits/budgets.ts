import { BURST_S, type RelayLimits } from './limits.ts';
import { TokenBucket } from './token-bucket.ts';

type Rates = Pick<
  RelayLimits,
  | 'maxConnectionsPerIp'
  | 'maxMalformedPerS'
  | 'maxPingsPerS'
  | 'maxEventsPerS'
  | 'maxEventsPerSPerIp'
  | 'maxReqsPerS'
  | 'maxReqsPerSPerIp'
>;

/** A malformed message counts once, and once more for each of so many bytes; the first is forgiven, however long it is. */
const MALFORMED_BYTES = 16 * 1_024;

/** What one connection may still do. */
export interface ConnectionBudget {
  /** Whether an EVENT or AUTH is within the budget; takes it from the budget. */
  takeEvent(): boolean;
  /** The same for a request. */
  takeReq(): boolean;
  /** The same for a message that is malformed or asks for too much. @param bytes its length: what it cost to find out */
  takeMalformed(bytes: number): boolean;
  /** The same for a ping. */
  takePing(): boolean;
  /** The connection has gone. */
  close(): void;
}

/** The budgets that a connection has whatever its address. */
class OwnBudget {
  readonly #limits: Rates;
  readonly #nowMs: () => number;
  /** Made when they are first needed: most clients never are. */
  #malformed: TokenBucket | null = null;
  #pings: TokenBucket | null = null;

  constructor(limits: Rates, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  takeEvent(): boolean {
    return true;
  }

  takeReq(): boolean {
    return true;
  }

  takeMalformed(bytes: number): boolean {
    const { maxMalformedPerS } = this.#limits;
    if (maxMalformedPerS === 0) return true;
    this.#malformed ??= new TokenBucket(maxMalformedPerS, BURST_S, this.#nowMs());
    return this.#malformed.takeUpToAll(this.#nowMs(), 1 + Math.floor(bytes / MALFORMED_BYTES));
  }

  takePing(): boolean {
    const { maxPingsPerS } = this.#limits;
    if (maxPingsPerS === 0) return true;
    this.#pings ??= new TokenBucket(maxPingsPerS, BURST_S, this.#nowMs());
    return this.#pings.take(this.#nowMs());
  }

  close(): void {
    // Nothing of it is shared.
  }
}

/** All connections of one address. */
interface Client {
  connections: number;
  readonly events: TokenBucket | null;
  readonly reqs: TokenBucket | null;
}

/** Most clients without a connection that are remembered for what they did lately. */
const FORGET_ABOVE = 10_000;

/** The budgets of connections and of the addresses that they come from. A rate of 0 sets no limit. */
export class Budgets {
  readonly #limits: Rates;
  readonly #nowMs: () => number;
  readonly #isUnlimited: boolean;
  readonly #clients = new Map<string, Client>();

  constructor(limits: Rates, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
    this.#isUnlimited =
      limits.maxConnectionsPerIp +
        limits.maxEventsPerS +
        limits.maxEventsPerSPerIp +
        limits.maxReqsPerS +
        limits.maxReqsPerSPerIp ===
      0;
  }

  /** Admits a connection from an address; null where that has too many open. */
  open(address: string): ConnectionBudget | null {
    const own = new OwnBudget(this.#limits, this.#nowMs);
    if (this.#isUnlimited) return own;
    const { maxConnectionsPerIp: max, maxEventsPerS, maxReqsPerS } = this.#limits;
    const client = this.#clientAt(address);
    if (max > 0 && client.connections >= max) return null;
    client.connections++;
    const events = [this.#bucket(maxEventsPerS), client.events];
    const reqs = [this.#bucket(maxReqsPerS), client.reqs];
    return Object.assign(own, {
      takeEvent: () => this.#take(events),
      takeReq: () => this.#take(reqs),
      close: () => {
        client.connections--;
        this.#forget(address, client);
      },
    });
  }

  /** How many more connections of an address are admitted; Infinity without such a limit. */
  roomOf(address: string): number {
    const { maxConnectionsPerIp: max } = this.#limits;
    return max === 0 ? Number.POSITIVE_INFINITY : max - (this.#clients.get(address)?.connections ?? 0);
  }

  /** Whether a request outside of any connection is within the budget of its address; takes it. */
  takeReq(address: string): boolean {
    return this.#isUnlimited || this.#take([this.#clientAt(address).reqs]);
  }

  #take(buckets: readonly (TokenBucket | null)[]): boolean {
    const nowMs = this.#nowMs();
    return buckets.every((bucket) => bucket?.take(nowMs) ?? true);
  }

  #bucket(ratePerS: number): TokenBucket | null {
    return ratePerS === 0 ? null : new TokenBucket(ratePerS, BURST_S, this.#nowMs());
  }

  #clientAt(address: string): Client {
    let client = this.#clients.get(address);
    if (client === undefined) {
      const { maxEventsPerSPerIp, maxReqsPerSPerIp } = this.#limits;
      client = {
        connections: 0,
        events: this.#bucket(maxEventsPerSPerIp),
        reqs: this.#bucket(maxReqsPerSPerIp),
      };
      this.#clients.set(address, client);
    }
    return client;
  }

  /** Forgets a client that has gone, at once or when its buckets are full: reconnecting must not fill them. */
  #forget(address: string, client: Client): void {
    if (client.connections === 0 && this.#isIdle(client)) this.#clients.delete(address);
    if (this.#clients.size <= FORGET_ABOVE) return;
    for (const [other, idler] of this.#clients) {
      if (idler.connections === 0 && this.#isIdle(idler)) this.#clients.delete(other);
    }
  }

  #isIdle({ events, reqs }: Client): boolean {
    const nowMs = this.#nowMs();
    return (events?.isFull(nowMs) ?? true) && (reqs?.isFull(nowMs) ?? true);
  }
}
