import { StoreUnavailableError } from '../store/unavailable.ts';
import { RefusedError, UnansweredError } from './conversation.ts';

/** The origin has refused: what was asked can't be answered. */
export function refused(error: unknown): never {
  if (error instanceof RefusedError) {
    throw new StoreUnavailableError(`the origin refuses: ${error.message}`, error);
  }
  throw error;
}

/** The question was lost with its connection, and is not asked again. */
export function unanswered(error: unknown): never {
  if (error instanceof UnansweredError) {
    throw new StoreUnavailableError('the origin did not answer, try again later', error);
  }
  throw error;
}
