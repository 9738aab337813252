import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../base/errors.ts';
import { RefusedError } from './exchange.ts';
import type { ReadConnection } from './read-connection.ts';

interface PatientOptions {
  /** What reports call the relay. */
  readonly name: string;
  /** @throws Error where it can't be connected to */
  readonly open: () => Promise<ReadConnection>;
  /** It is asked again for so long, in milliseconds. */
  readonly patienceMs: number;
}

/** Some relays could not be asked for longer than they may be away. */
export class NotAskedError extends Error {
  /** What went wrong, in words that name the relay; by its name. */
  readonly relays: ReadonlyMap<string, string>;

  constructor(relays: ReadonlyMap<string, string>) {
    super([...relays.values()].join('; '));
    this.name = 'NotAskedError';
    this.relays = relays;
  }
}

const AGAIN_AFTER_MS = 100;
/** What a relay says of a failure of its own (NIP-01): it may pass. */
const PASSING = 'error:';

/**
 * A connection to a relay that may be away for a while, as an edge is whose origin is. It is opened when it is first needed;
 * what has no answer, or `error:` for one, is asked again, over another connection where this one may be broken.
 */
export function patientConnection(options: PatientOptions): ReadConnection {
  const line = new PatientLine(options);
  return {
    find: (ids) => line.ask((connection) => connection.find(ids)),
    query: (filter) => line.ask((connection) => connection.query(filter)),
    count: (filter) => line.ask((connection) => connection.count(filter)),
    publish: (event) =>
      line.ask(async (connection) => {
        const answer = await connection.publish(event);
        if (!answer.accepted && answer.message.startsWith(PASSING)) {
          throw new RefusedError('refused the event', answer.message);
        }
        return answer;
      }),
    close: () => line.close(),
  };
}

class PatientLine {
  readonly #options: PatientOptions;
  #connection: ReadConnection | null = null;

  constructor(options: PatientOptions) {
    this.#options = options;
  }

  /** @throws NotAskedError */
  async ask<T>(question: (connection: ReadConnection) => Promise<T>): Promise<T> {
    const { name, open, patienceMs } = this.#options;
    const untilMs = performance.now() + patienceMs;
    for (;;) {
      try {
        this.#connection ??= await open();
        return await question(this.#connection);
      } catch (error) {
        if (!(error instanceof RefusedError)) this.close();
        if (isFinal(error) || performance.now() > untilMs) throw notAsked(name, error);
        await sleep(AGAIN_AFTER_MS);
      }
    }
  }

  close(): void {
    this.#connection?.close();
    this.#connection = null;
  }
}

function notAsked(name: string, cause: unknown): NotAskedError {
  return new NotAskedError(new Map([[name, `${name} could not be asked: ${messageOf(cause)}`]]));
}

function isFinal(error: unknown): boolean {
  return error instanceof RefusedError && !error.refusal.startsWith(PASSING);
}
