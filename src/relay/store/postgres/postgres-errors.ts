import { DatabaseError } from 'pg';

/**
 * SQLSTATEs after which the same statement may succeed: the server ends or starts (57P01…57P03), connections fail
 * (class 08), transactions that got in each other's way (40001, 40P01), a standby that is not promoted yet (25006).
 */
const TRANSIENT_STATES = /^(57P0[123]|08...|40001|40P01|25006|53300)$/;
/** Errors of the system: of connections, and of names that cannot be resolved now. */
const TRANSIENT_CODES = /^(ECONN.*|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** Errors of `pg`: a connection has gone, does not come about, or says nothing. */
const TRANSIENT_MESSAGES =
  /Connection terminated|connection timeout|timeout exceeded when trying to connect|timeout expired|Query read timeout|not queryable/i;

/** Whether the database, or the way to it, has failed in a way that passes: the same again may succeed. */
export function isTransient(error: unknown): boolean {
  if (error instanceof DatabaseError) return TRANSIENT_STATES.test(error.code ?? '');
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof AggregateError) return error.errors.every(isTransient);
  return TRANSIENT_CODES.test(code ?? '') || TRANSIENT_MESSAGES.test(error.message);
}

/** Whether the database has cancelled a statement because it took too long (class 57, query_canceled). */
export function isTimeout(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '57014';
}

/** Whether a statement has failed because one before it in its transaction has (in_failed_sql_transaction). */
export function isConsequence(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '25P02';
}

/** Whether another transaction has stored the same row meanwhile (unique_violation). */
export function isConflict(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '23505';
}

/** Whether the database has refused a statement, which it does for good or until the same is tried again: its transaction is void. */
export function isRefusal(error: unknown): boolean {
  return error instanceof DatabaseError && !/^(57P|08)/.test(error.code ?? '');
}
