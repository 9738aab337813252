import { performance } from 'node:perf_hooks';
import { notAnswered } from '../unavailable.ts';
import { isTransient } from './postgres-errors.ts';

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
