import { DatabaseError } from 'pg';
import { describe, expect, it } from 'vitest';
import {
  isConflict,
  isRefusal,
  isTransient,
} from '../../../../../src/relay/store/postgres/postgres-errors.ts';

function databaseError(code: string): DatabaseError {
  return Object.assign(new DatabaseError('x', 1, 'error'), { code });
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}

describe('an error of the database', () => {
  it.each([
    ['the server is stopped', databaseError('57P01')],
    ['the server starts', databaseError('57P03')],
    ['a replica is not promoted yet', databaseError('25006')],
    ['nobody listens', systemError('ECONNREFUSED')],
    ['the name is not known now', systemError('ENOTFOUND')],
    ['the connection has gone', new Error('Connection terminated unexpectedly')],
    ['the connection does not come about', new Error('timeout expired')],
    ['the server says nothing', new Error('Query read timeout')],
    ['each address has failed so', new AggregateError([systemError('ECONNREFUSED')])],
  ])('passes: %s', (_name, error) => {
    expect(isTransient(error)).toBe(true);
  });

  it.each([
    ['the password is wrong', databaseError('28P01')],
    ['the database is not there', databaseError('3D000')],
    ['the user may not create tables', databaseError('42501')],
    ['a bug', new TypeError('x is not a function')],
    ['one address has failed otherwise', new AggregateError([systemError('ECONNREFUSED'), new Error('x')])],
    ['no error', 'Connection terminated'],
  ])('stays: %s', (_name, error) => {
    expect(isTransient(error)).toBe(false);
  });

  it('is a refusal where the database has answered and goes on', () => {
    for (const code of ['23505', '40P01', '53100', '57014'])
      expect(isRefusal(databaseError(code))).toBe(true);
    for (const code of ['57P01', '08006']) expect(isRefusal(databaseError(code))).toBe(false);
    expect(isRefusal(systemError('ECONNRESET'))).toBe(false);
  });

  it('is a conflict where another has stored the same, and nothing else is', () => {
    expect(isConflict(databaseError('23505'))).toBe(true);
    expect(isConflict(databaseError('40001'))).toBe(false);
    expect(isConflict(new Error('23505'))).toBe(false);
  });
});
