import { RelayBenchError } from '../../base/errors.ts';
import { EXIT } from '../../base/exit-codes.ts';

/**
 * The store cannot do what it was asked, because what it stands on is away. Its message is meant for the client, after
 * `error: `. Whoever meets it need not tell: the outage itself was told.
 */
export class StoreUnavailableError extends RelayBenchError {
  constructor(message: string, cause?: unknown) {
    super(message, {
      code: 'RELAY_STORE_UNAVAILABLE',
      hint: 'the log of the relay says what has failed',
      exitCode: EXIT.unreachable,
      cause,
    });
  }
}

/** Nothing was asked of the database: a read was not answered, an event was not stored. */
export function notAsked(cause?: unknown): StoreUnavailableError {
  return new StoreUnavailableError('the database cannot be reached, try again later', cause);
}

/** The database was asked to store something, and did not say in time whether it has. */
export function notAnswered(cause?: unknown): StoreUnavailableError {
  return new StoreUnavailableError(
    'the database did not answer in time, the event may or may not be stored',
    cause,
  );
}

/** The database has worked on a question for as long as one may take. */
export function tooSlow(cause?: unknown): StoreUnavailableError {
  return new StoreUnavailableError('the question takes too long to answer, ask for less', cause);
}
