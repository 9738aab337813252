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
  #effective: Readonly<Record<Direction, Effective>> = { up: combined([]), down: combined([]) };

  constructor(address: LinkAddress) {
    this.address = address;
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
    const of = (direction: Direction): Effective =>
      combined([...this.#imposed].filter(({ directions }) => directions.includes(direction)));
    this.#effective = { up: of('up'), down: of('down') };
    for (const pair of this.#pairs) {
      if (this.#partition === 'reset') this.#reset(pair);
      else if (pair.server === null) this.#connectLater(pair);
      else for (const lane of pair.lanes) lane.changed();
    }
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
    pair.lanes = [
      new Lane(client, server, () => this.#effective.up),
      new Lane(server, client, () => this.#effective.down),
    ];
    client.resume();
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
