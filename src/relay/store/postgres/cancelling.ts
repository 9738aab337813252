import { connect } from 'node:net';
import type { Pool, PoolClient, Query } from 'pg';
import type { Asked } from '../../work/admission.ts';
import { CANCELLED } from '../../work/lane.ts';

/** What nobody waits for any more may take so long yet, ms: most of it ends sooner than the server could be told. */
const PATIENCE_MS = 50;
/** The server is not waited for longer than this. */
const TELLING_MS = 1_000;

/** Length and code of a request to cancel (PostgreSQL, Message Formats: CancelRequest). */
const REQUEST_BYTES = 16;
const REQUEST_CODE = 80_877_102;

/** What `pg` knows of the process that serves a connection; its types leave it out. */
interface Served {
  readonly host: string;
  readonly port: number;
  readonly processID: number;
  readonly secretKey: number;
}

/**
 * Runs a query of its own connection; where nobody waits for it any more the server is told to stop.
 * @throws CancelledError where it was cancelled
 */
export async function askCancellably<Row>(pool: Pool, query: Query, asked: Asked): Promise<readonly Row[]> {
  const client = await pool.connect();
  const cancelling = new Cancelling(client as unknown as Served);
  const forget = asked.onCancel(() => cancelling.begin());
  let isBroken = true;
  try {
    const rows = await outcomeOf<Row>(client, query);
    isBroken = false;
    return rows;
  } catch (error) {
    throw cancelling.isTold ? CANCELLED : error;
  } finally {
    forget();
    cancelling.end();
    // One whose process was told to stop is not used again: it may hear that when the next statement runs.
    client.release(isBroken || cancelling.isTold);
  }
}

function outcomeOf<Row>(client: PoolClient, query: Query): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    const onOutcome = (error: Error | null, result: { readonly rows: readonly Row[] }): void => {
      if (error === null) resolve(result.rows);
      else reject(error);
    };
    // A query that is an object may have a callback, which its types leave out.
    (client.query as (asked: Query, done: typeof onOutcome) => void).call(client, query, onOutcome);
  });
}

/** The end of one statement before its time. */
class Cancelling {
  readonly #served: Served;
  #timer: NodeJS.Timeout | null = null;
  #isTold = false;

  constructor(served: Served) {
    this.#served = served;
  }

  /** Whether the server was told. */
  get isTold(): boolean {
    return this.#isTold;
  }

  begin(): void {
    this.#timer = setTimeout(() => this.#tell(), PATIENCE_MS);
  }

  /** The statement has ended. */
  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** On a connection of its own, as the protocol asks; whether it was heard nobody says. */
  #tell(): void {
    this.#isTold = true;
    const { host, port, processID, secretKey } = this.#served;
    const request = Buffer.alloc(REQUEST_BYTES);
    for (const [index, value] of [REQUEST_BYTES, REQUEST_CODE, processID].entries()) {
      request.writeInt32BE(value, index * 4);
    }
    request.writeInt32BE(secretKey | 0, 12);
    const socket = connect({ host, port });
    // The statement then ends by itself, at its deadline.
    socket.on('error', () => socket.destroy());
    socket.setTimeout(TELLING_MS, () => socket.destroy());
    socket.end(request);
  }
}
