/**
 * What the statements of one question have in common: they go to the same server where that can be. Of the one that has answered
 * later statements need no more than that answer did, because it never goes back; of any other they need what a question needs
 * that begins now. What was stored since then comes live to whoever has asked.
 */
export class Standing {
  #answered: { readonly server: object; readonly lsn: number } | null = null;
  #turn: number | null = null;

  /**
   * The position of the log that a server has to have seen.
   * @param required the same for a question that begins now: it is less only where a failover has lost what was beyond
   */
  required(server: object, required: number): number {
    return this.#answered?.server === server ? Math.min(this.#answered.lsn, required) : required;
  }

  /** A server has answered, of which a question that begins now needs `required`. */
  onAnswered(server: object, required: number): void {
    if (this.#answered?.server !== server) this.#answered = { server, lsn: required };
  }

  /** The servers in the order in which the question asks them. @param nextTurn counts the questions */
  inTurn<Server>(servers: readonly Server[], nextTurn: () => number): readonly Server[] {
    this.#turn ??= nextTurn();
    const first = this.#turn % Math.max(1, servers.length);
    return [...servers.slice(first), ...servers.slice(0, first)];
  }
}
