/**
 * What the statements of one question have in common: they go to the same server where that can be, and none needs to see
 * more than the first one did. What was stored since then comes live to whoever has asked.
 */
export class Standing {
  #lsn = Number.POSITIVE_INFINITY;
  #turn: number | null = null;

  /**
   * The position of the log that an answer has to have seen.
   * @param required the same for a question that begins now: it is less only where a failover has lost what was beyond
   */
  required(required: number): number {
    this.#lsn = Math.min(this.#lsn, required);
    return this.#lsn;
  }

  /** The servers in the order in which the question asks them. @param nextTurn counts the questions */
  inTurn<Server>(servers: readonly Server[], nextTurn: () => number): readonly Server[] {
    this.#turn ??= nextTurn();
    const first = this.#turn % Math.max(1, servers.length);
    return [...servers.slice(first), ...servers.slice(0, first)];
  }
}
