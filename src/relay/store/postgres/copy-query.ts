import { Query } from 'pg';

/** What is asked of a connection; the types of `pg` leave this out. */
interface CopyConnection {
  query(text: string): void;
  readonly stream: { readonly writable: boolean; write(bytes: Buffer): void };
}

/** What a query is to `pg`; its types leave this out. */
interface QueryInside {
  callback: (error: Error | null) => void;
  submit(connection: CopyConnection): null;
  handleCopyInResponse(): undefined;
}

const BaseQuery = Query as unknown as new (config: object) => QueryInside;

/**
 * A COPY whose rows are sent right behind it, without waiting until the server asks for them: where it refuses, it reads
 * past them. So it shares a connection that sends statements ahead.
 */
export class CopyQuery extends BaseQuery {
  readonly #statement: string;
  readonly #rows: Buffer;

  /** @param rows what `copyMessages` makes */
  constructor(statement: string, rows: Buffer, onEnd: (error: Error | null) => void) {
    super({ text: statement });
    this.#statement = statement;
    this.#rows = rows;
    this.callback = onEnd;
  }

  override submit(connection: CopyConnection): null {
    connection.query(this.#statement);
    // Where the connection has gone its client says so to all that was asked of it.
    if (connection.stream.writable) connection.stream.write(this.#rows);
    return null;
  }

  /** The rows are on their way already. */
  override handleCopyInResponse(): undefined {
    return undefined;
  }
}
