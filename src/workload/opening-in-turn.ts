import { monotonicNs, NS_PER_S } from '../base/clock.ts';

export interface OpeningInTurnOptions {
  readonly connections: readonly number[];
  readonly rate_per_s: number;
  readonly open: (connection: number, scheduledNs: number) => void;
}

const LOOK_EVERY_MS = 10;

/** Opens connections of a workload's own before the load, at the pace of the others; their times are not measured. */
export class OpeningInTurn {
  readonly #options: OpeningInTurnOptions;
  readonly #waiting: Set<number>;
  #finish: () => void = () => undefined;

  constructor(options: OpeningInTurnOptions) {
    this.#options = options;
    this.#waiting = new Set(options.connections);
  }

  /** Ends when each is open or has failed to open. */
  async run(): Promise<void> {
    const { connections, rate_per_s, open } = this.#options;
    if (connections.length === 0) return;
    const startNs = monotonicNs();
    let next = 0;
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        const nowNs = monotonicNs();
        const due = ((nowNs - startNs) / NS_PER_S) * rate_per_s;
        for (; next < connections.length && next <= due; next++) open(connections[next] as number, nowNs);
        if (next === connections.length) clearInterval(timer);
      }, LOOK_EVERY_MS);
      this.#finish = resolve;
    });
  }

  /** The handshake of a connection has ended. */
  ended(connection: number): void {
    if (this.#waiting.delete(connection) && this.#waiting.size === 0) this.#finish();
  }
}
