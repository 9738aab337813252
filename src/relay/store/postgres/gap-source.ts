import type { Pool } from 'pg';
import type { StoredSince } from '../../fanout/gap-filler.ts';
import type { StoredEvent } from '../stored-event.ts';
import { type EventRow, TextEvent } from '../text-event.ts';
import { selectedStatement } from './filter-sql.ts';
import { parseLsn } from './lsn.ts';

/**
 * What the database tells about what was stored lately, whatever the order in which transactions were committed. Asks
 * the primary: a replica may be behind.
 */
export class PostgresGapSource {
  readonly #primary: Pool;
  readonly #nowSeconds: () => number;

  constructor(primary: Pool, nowSeconds: () => number) {
    this.#primary = primary;
    this.#nowSeconds = nowSeconds;
  }

  /** The oldest transaction that is not over: everything that is stored below it is visible. */
  async transactionHorizon(): Promise<string> {
    const { rows } = await this.#primary.query<{ xmin: string }>(
      'select pg_snapshot_xmin(pg_current_snapshot())::text as xmin',
    );
    return rows[0]?.xmin ?? '0';
  }

  /** Ids of the events that were stored by this transaction or later ones, and a position of the log by which they are. */
  async storedSince(transaction: string): Promise<StoredSince> {
    const { rows } = await this.#primary.query<[string]>({
      text: "select encode(id, 'hex') from event where txid >= $1::bigint order by txid",
      values: [transaction],
      rowMode: 'array',
    });
    // Afterwards: a position is needed that is not before any of them.
    const after = await this.#primary.query<{ lsn: string }>(
      'select pg_current_wal_insert_lsn()::text as lsn',
    );
    return { ids: rows.map(([id]) => id), lsn: parseLsn(after.rows[0]?.lsn ?? '0/0') };
  }

  /** The events of these ids that are there and have not expired. */
  async eventsOf(ids: readonly string[]): Promise<readonly StoredEvent[]> {
    const asking = { nowSeconds: this.#nowSeconds(), reader: undefined };
    const { text, values } = selectedStatement({ ids }, ids.length, asking);
    const { rows } = await this.#primary.query<[...EventRow]>({
      text,
      values: [...values],
      rowMode: 'array',
    });
    return rows.map((row) => new TextEvent(row));
  }
}
