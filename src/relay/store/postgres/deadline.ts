import { performance } from 'node:perf_hooks';
import { notAnswered, notAsked } from '../unavailable.ts';
import { isTransient } from './postgres-errors.ts';

/** A relay that has just started waits so long for its database with the events that it has already. */
const OPEN_WITHIN_MS = 5_000;

/** Rejects with what clients are told, where the database has failed in a way that passes. */
export function unavailable(error: unknown): never {
  throw isTransient(error) ? notAnswered(error) : error;
}

/**
 * The outcome of a write, or an error where there is none by `deadlineMs` of the monotonic clock; the write may then take
 * place all the same.
 */
export function before<T>(deadlineMs: number, write: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(notAnswered()), deadlineMs - performance.now());
    write.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Resolves once the database was reached. @throws StoreUnavailableError where that takes too long */
export async function inTime(opened: Promise<void>): Promise<void> {
  await before(performance.now() + OPEN_WITHIN_MS, opened).catch(() => Promise.reject(notAsked()));
}
