import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Condition, combined, type Effective } from './conditions.ts';
import { Lane } from './lane.ts';

/** Seen from who connects: up to the server, or down from it. */
export type Direction = 'up' | 'down';

/** What a link is, in the words of whoever starts the proxy. */
export interface LinkAddress {
  /** Such as `relay-1>haproxy-db:pg_write`. */
  readonly name: string;
  /** Port of 127.0.0.1 at which it listens. */
  readonly port: number;
  /** Port of 127.0.0.1 that it leads to. */
  readonly to: number;
  /** Region that it is the way of to the origin, where it is one. */
  readonly region?: number | undefined;
  /** What it always does to both directions. */
  readonly standing?: Condition | undefined;
}

/** A condition with the directions that it is for. */
export interface Imposed extends Condition {
  readonly directions: readonly Direction[];
}

/** One connection through the link: the client's, and the one to the server once there is one. */
interface Pair {
  readonly client: Socket;
  server: Socket | null;
  lanes: readonly Lane[];
  timer: NodeJS.Timeout | null;
}

/** A port that leads to another one, and what happens in between. */
export class Link {
  readonly address: LinkAddress;
  readonly #imposed = new Set<Imposed>();
  readonly #pairs = new Set<Pair>();
  readonly #server: Server;
  /** Bytes that have arrived. */
  readonly #carried: Record<Direction, number> = { up: 0, down: 0 };
  #accepted = 0;
  #effective: Readonly<Record<Direction, Effective>>;

  constructor(address: LinkAddress) {
    this.address = address;
    this.#effective = { up: this.#effectiveOf('up'), down: this.#effectiveOf('down') };
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client));
  }

  /** @throws Error of the system where the port is taken */
  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.address.port, '127.0.0.1', () => resolve());
    });
  }

  /** Connections that are open through it. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Connections that were ever made to it. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Bytes that it has carried. */
  get carried(): Readonly<Record<Direction, number>> {
    return this.#carried;
  }

  /** How many conditions are imposed on it. */
  get conditions(): number {
    return this.#imposed.size;
  }

  /** Imposes a condition until it is lifted. @returns lifts it; may be called again without an effect */
  impose(condition: Imposed): () => void {
    this.#imposed.add(condition);
    this.#changed();
    return () => {
      if (this.#imposed.delete(condition)) this.#changed();
    };
  }

  close(): void {
    this.#server.close();
    for (const pair of this.#pairs) this.#reset(pair);
  }

  #changed(): void {
    this.#effective = { up: this.#effectiveOf('up'), down: this.#effectiveOf('down') };
    for (const pair of this.#pairs) {
      if (this.#partition === 'reset') this.#reset(pair);
      else if (pair.server === null) this.#connectLater(pair);
      else for (const lane of pair.lanes) lane.changed();
    }
  }

  #effectiveOf(direction: Direction): Effective {
    const { standing } = this.address;
    const imposed = [...this.#imposed].filter(({ directions }) => directions.includes(direction));
    return combined(standing === undefined ? imposed : [standing, ...imposed]);
  }

  /** What stands between both ends, in either direction: no connection is made through it. */
  get #partition(): Effective['partition'] {
    const { up, down } = this.#effective;
    if (up.partition === 'reset' || down.partition === 'reset') return 'reset';
    return up.partition ?? down.partition;
  }

  #accept(client: Socket): void {
    const pair: Pair = { client, server: null, lanes: [], timer: null };
    this.#pairs.add(pair);
    this.#accepted++;
    client.pause();
    client.on('error', () => undefined);
    client.on('close', () => this.#gone(pair));
    if (this.#partition === 'reset') this.#reset(pair);
    else this.#connectLater(pair);
  }

  /** A handshake takes a round trip; through a partition there is none until it is over. */
  #connectLater(pair: Pair): void {
    if (pair.timer !== null) clearTimeout(pair.timer);
    pair.timer = null;
    if (this.#partition !== null) return;
    const { up, down } = this.#effective;
    const roundTripMs = up.latencyMs + down.latencyMs;
    if (roundTripMs === 0) this.#connect(pair);
    else pair.timer = setTimeout(() => this.#connect(pair), roundTripMs);
  }

  #connect(pair: Pair): void {
    pair.timer = null;
    if (pair.client.destroyed) return;
    const server = connect({
      port: this.address.to,
      host: '127.0.0.1',
      allowHalfOpen: true,
      noDelay: true,
    });
    pair.server = server;
    server.on('error', () => undefined);
    server.on('close', () => this.#gone(pair));
    const { client } = pair;
    pair.lanes = [this.#lane(client, server, 'up'), this.#lane(server, client, 'down')];
    client.resume();
  }

  #lane(source: Socket, sink: Socket, direction: Direction): Lane {
    return new Lane(
      source,
      sink,
      () => this.#effective[direction],
      (bytes) => {
        this.#carried[direction] += bytes;
      },
    );
  }

  #reset({ client, server }: Pair): void {
    client.resetAndDestroy();
    server?.resetAndDestroy();
  }

  /** Forgotten when both ends are closed. */
  #gone(pair: Pair): void {
    if (!pair.client.destroyed || (pair.server !== null && !pair.server.destroyed)) return;
    if (pair.timer !== null) clearTimeout(pair.timer);
    this.#pairs.delete(pair);
  }
}
