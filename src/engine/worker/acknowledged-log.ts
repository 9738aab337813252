import type { FromWorker } from '../messages.ts';

/** Bytes of an event id. */
const ID_BYTES = 32;
/** Ids that are gathered before they are sent on. */
const BATCH = 2_048;

/**
 * Gathers the ids of acknowledged events, so that they can be read back after the run. Its memory does not grow:
 * what has been gathered is sent on.
 */
export class AcknowledgedLog {
  readonly #send: (ids: Uint8Array) => void;
  readonly #ids = Buffer.alloc(BATCH * ID_BYTES);
  #used = 0;

  constructor(send: (ids: Uint8Array) => void) {
    this.#send = send;
  }

  /** Notes an id. @param id 64 hex characters */
  take(id: string): void {
    this.#ids.write(id, this.#used, 'hex');
    this.#used += ID_BYTES;
    if (this.#used === this.#ids.length) this.flush();
  }

  /** Sends on what has been gathered. */
  flush(): void {
    if (this.#used === 0) return;
    this.#send(Uint8Array.prototype.slice.call(this.#ids, 0, this.#used));
    this.#used = 0;
  }
}

/** The log of a worker that is asked for one, else null. */
export function createAcknowledgedLog({
  logAcknowledged,
  send,
}: {
  readonly logAcknowledged: boolean;
  readonly send: (message: FromWorker) => void;
}): AcknowledgedLog | null {
  return logAcknowledged ? new AcknowledgedLog((ids) => send({ type: 'acknowledged', ids })) : null;
}
