import { describe, expect, test } from 'vitest';
import { Askable } from '../../../src/audit/askable.ts';
import { RefusedError } from '../../../src/audit/exchange.ts';
import { NotAskedError, patientConnection } from '../../../src/audit/patient-connection.ts';
import type { ReadConnection } from '../../../src/audit/read-connection.ts';
import { askAll } from '../../../src/audit/relays.ts';
import { fakeRelay } from '../../support/fake-connection.ts';
import { madeUpEvent } from '../../support/histories.ts';

const PASSING = new RefusedError('closed the query', 'error: the origin cannot be reached');
const FINAL = new RefusedError('closed the query', 'blocked: go away');

/** A relay that fails so often, in this way, before it answers. */
function failing(error: Error, { times = 1, patienceMs = 60_000 } = {}) {
  const seen = { opened: 0, closed: 0, asked: 0 };
  const find = (ids: readonly string[]): Promise<ReadonlySet<string>> =>
    seen.asked++ < times ? Promise.reject(error) : Promise.resolve(new Set(ids));
  const open = async (): Promise<ReadConnection> => {
    seen.opened++;
    return { ...fakeRelay({ find }).connection, close: () => void seen.closed++ };
  };
  return { seen, connection: patientConnection({ name: 'edge-1', open, patienceMs }) };
}

describe('a patient connection', () => {
  test('is opened when it is needed', async () => {
    const { seen, connection } = failing(PASSING, { times: 0 });
    expect(seen.opened).toBe(0);
    await connection.find(['a']);
    await connection.find(['b']);
    connection.close();
    expect(seen).toEqual({ opened: 1, closed: 1, asked: 2 });
  });

  test('asks again what was answered with error:', async () => {
    const { seen, connection } = failing(PASSING);
    expect([...(await connection.find(['a']))]).toEqual(['a']);
    expect(seen).toEqual({ opened: 1, closed: 0, asked: 2 });
  });

  test('asks again over another connection what had no answer', async () => {
    const { seen, connection } = failing(new Error('no answer within 10000 ms'));
    expect([...(await connection.find(['a']))]).toEqual(['a']);
    expect(seen).toEqual({ opened: 2, closed: 1, asked: 2 });
  });

  test.each([
    ['its time is over', PASSING, -1],
    ['it is refused for good', FINAL, 60_000],
  ])('gives up where %s', async (_what, error, patienceMs) => {
    const { seen, connection } = failing(error, { times: 2, patienceMs });
    await expect(connection.find(['a'])).rejects.toThrow(`edge-1 could not be asked: ${error.message}`);
    expect(seen.asked).toBe(1);
  });

  test('publishes again what was refused with error:, and nothing else', async () => {
    const answers = ['error: the origin cannot be reached', 'blocked: no'];
    const publish = async () => ({ accepted: false, message: answers.shift() ?? '' });
    const { connection } = fakeRelay({ publish });
    const patient = patientConnection({ name: 'edge-1', open: async () => connection, patienceMs: 60_000 });
    expect(await patient.publish(madeUpEvent(1))).toEqual({ accepted: false, message: 'blocked: no' });
  });
});

describe('relays of which some may not be askable', () => {
  const away = (name: string) => {
    const find = () => Promise.reject(new NotAskedError(new Map([[name, `${name} is away`]])));
    return fakeRelay({ find }, name);
  };
  const [there, other] = [fakeRelay({}, 'there'), fakeRelay({}, 'other')];

  test('are asked without those that are not', async () => {
    const askable = new Askable([away('a'), there, away('b'), other]);
    const asked = await askable.with((relays) =>
      askAll(relays, async ({ name, connection }) => {
        await connection.find(['x']);
        return name;
      }),
    );
    expect(asked).toEqual(['there', 'other']);
    expect(askable.notAsked).toEqual(['a is away', 'b is away']);
  });

  test('do not hide that somebody else is not askable', async () => {
    const askable = new Askable([there]);
    const ask = () => askAll([away('origin')], ({ connection }) => connection.find(['x']));
    await expect(askable.with(ask)).rejects.toThrow('origin is away');
  });

  test('do not hide another failure', async () => {
    const broken = fakeRelay({ find: () => Promise.reject(new Error('broken')) }, 'origin');
    const askable = new Askable([away('a')]);
    const ask = () =>
      askable.with((relays) => askAll([...relays, broken], (each) => each.connection.find(['x'])));
    await expect(ask()).rejects.toMatchObject({ code: 'AUDIT_FAILED' });
  });
});
