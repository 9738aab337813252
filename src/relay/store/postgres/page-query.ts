import { type Connection, Query } from 'pg';
import type { Statement } from './filter-sql.ts';

/** Rows that are asked for first; how long they are decides how many are asked for next. */
const FIRST_ROWS = 32;
const ROWS_MAX = 1_000;

/** What `pg` tells a query that it runs; its types leave this out. */
interface QueryInside {
  rows: number;
  handleDataRow(message: { readonly fields: readonly ({ readonly length: number } | null)[] }): void;
  handlePortalSuspended(connection: Connection): void;
}

/** The base class with what its types leave out. */
const BaseQuery = Query as unknown as new (config: object) => Query & QueryInside;

/** What is asked of a connection. */
interface PortalConnection {
  sync(): void;
  flush(): void;
  execute(config: { readonly portal: string; readonly rows: number }): void;
}

/**
 * A statement whose rows are read until they are so many bytes: the server is not asked for the rest. Rows come as
 * arrays. It cannot share a connection that sends statements ahead.
 */
export class PageQuery extends BaseQuery {
  readonly #maxBytes: number;
  #bytes = 0;
  #count = 0;
  #isCut = false;

  constructor(statement: Statement, maxBytes: number) {
    super({ ...statement, values: [...statement.values], rowMode: 'array', rows: FIRST_ROWS });
    this.#maxBytes = maxBytes;
  }

  /** Whether there may be more rows. */
  get isCut(): boolean {
    return this.#isCut;
  }

  override handleDataRow(message: Parameters<QueryInside['handleDataRow']>[0]): void {
    this.#count++;
    for (const field of message.fields) this.#bytes += field?.length ?? 0;
    super.handleDataRow(message);
  }

  override handlePortalSuspended(connection: Connection): void {
    const portal = connection as unknown as PortalConnection;
    if (this.#bytes >= this.#maxBytes) {
      this.#isCut = true;
      portal.sync();
      return;
    }
    const fitting = Math.ceil(((this.#maxBytes - this.#bytes) * this.#count) / Math.max(1, this.#bytes));
    portal.execute({ portal: '', rows: Math.max(1, Math.min(ROWS_MAX, fitting)) });
    portal.flush();
  }
}
