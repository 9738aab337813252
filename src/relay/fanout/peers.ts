/** More names than a stack has relays: whoever makes them up fills no memory with them. */
const PEERS_MAX = 256;

/** The other relay processes on a channel, and when each was last heard. */
export class Peers {
  readonly #silenceMaxMs: number;
  readonly #heardMs = new Map<string, number>();

  /** @param silenceMaxMs a process that is not heard for longer has died, or cannot publish */
  constructor(silenceMaxMs: number) {
    this.#silenceMaxMs = silenceMaxMs;
  }

  /** Times are in milliseconds of a monotonic clock. */
  hear(relayId: string, nowMs: number): void {
    if (this.#heardMs.size < PEERS_MAX || this.#heardMs.has(relayId)) this.#heardMs.set(relayId, nowMs);
  }

  /** A process has ended in an orderly way: nothing of it is missing. */
  forget(relayId: string): void {
    this.#heardMs.delete(relayId);
  }

  /** Forgets the processes that have fallen silent; returns when each was last heard. */
  takeSilent(nowMs: number): number[] {
    const silent = [...this.#heardMs].filter(([, heardMs]) => nowMs - heardMs > this.#silenceMaxMs);
    for (const [relayId] of silent) this.#heardMs.delete(relayId);
    return silent.map(([, heardMs]) => heardMs);
  }
}
