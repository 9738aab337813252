import type { ClientBase, Submittable } from 'pg';
import { CopyQuery } from './copy-query.ts';
import { isConsequence } from './postgres-errors.ts';

/** Whatever carries out statements: a connection, or the {@link Statements} of a transaction. */
export type Querying = Pick<ClientBase, 'query'>;

/**
 * The statements of a transaction that are sent without waiting for those before them. Where one fails those behind it
 * fail because of it, and whoever waits for several may hear of any of them first.
 */
export class Statements implements Querying {
  readonly #client: ClientBase;
  readonly query: ClientBase['query'];
  /** Why a statement has failed by itself; undefined where none has. */
  failure: unknown;

  constructor(client: ClientBase) {
    this.#client = client;
    const send = client.query.bind(client) as unknown as (...asked: readonly unknown[]) => Promise<unknown>;
    const query = (...asked: readonly unknown[]): Promise<unknown> => this.#heard(send(...asked));
    this.query = query as ClientBase['query'];
  }

  /** Sends a COPY and its rows, see {@link CopyQuery}. */
  copy(statement: string, rows: Buffer): Promise<void> {
    const copied = new Promise<void>((resolve, reject) => {
      const onEnd = (error: Error | null): void => (error === null ? resolve() : reject(error));
      this.#client.query(new CopyQuery(statement, rows, onEnd) as unknown as Submittable);
    });
    return this.#heard(copied);
  }

  #heard<T>(answer: Promise<T>): Promise<T> {
    answer.catch((error: unknown) => {
      if (!isConsequence(error)) this.failure ??= error;
    });
    return answer;
  }
}
