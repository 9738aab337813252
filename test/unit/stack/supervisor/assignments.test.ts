import { describe, expect, test } from 'vitest';
import { type Service, servicesOfKind } from '../../../../src/stack/state.ts';
import { Assignments } from '../../../../src/stack/supervisor/assignments.ts';
import type { DatabaseAnswer } from '../../../../src/stack/supervisor/database-watch.ts';
import { sampleStack } from '../../../support/sample-stack.ts';

const PRIMARY: DatabaseAnswer = { isReplica: false, walBytes: 9, isStreaming: false };
const REPLICA: DatabaseAnswer = { isReplica: true, walBytes: 9, isStreaming: true };
const STUCK: DatabaseAnswer = { isReplica: true, walBytes: 9, isStreaming: false };

/** Three servers, of which the first is the primary, and what each has said last. */
async function setUp(...recent: (DatabaseAnswer | null)[]) {
  const nodes = servicesOfKind(await sampleStack('scaled'), 'postgres');
  const facts = { isFailingOver: false, isSettled: true };
  const assignments = new Assignments({
    watches: nodes.map((node: Service, index) => ({
      node,
      recent: recent[index] ?? null,
      hasAnswered: (recent[index] ?? null) !== null,
    })),
    primary: () => 'postgres-1',
    isFailingOver: () => facts.isFailingOver,
    isSettled: () => facts.isSettled,
  });
  const readers = (listener: number): string[] =>
    nodes.map(({ name }) => name).filter((name) => assignments.mayRead(name, listener) === 'yes');
  return { assignments, facts, readers };
}

describe('who may be written to', () => {
  test('is the primary, and during a failover nobody', async () => {
    const { assignments, facts } = await setUp(PRIMARY, REPLICA, REPLICA);
    expect(assignments.answer('write postgres-1')).toBe('yes');
    expect(assignments.answer('write postgres-2')).toBe('no');
    facts.isFailingOver = true;
    expect(assignments.answer('write postgres-1')).toBe('no');
  });

  test('is not decided by the silence of the primary, nor by what another one claims', async () => {
    const { assignments } = await setUp(null, PRIMARY, REPLICA);
    expect(assignments.mayWrite('postgres-1')).toBe('unknown');
    expect(assignments.mayWrite('postgres-2')).toBe('no');
  });

  test('is nobody who takes himself for a replica', async () => {
    const { assignments } = await setUp(REPLICA, REPLICA, REPLICA);
    expect(assignments.mayWrite('postgres-1')).toBe('no');
  });
});

describe('who is read from', () => {
  test('is another replica at each listener', async () => {
    const { readers } = await setUp(PRIMARY, REPLICA, REPLICA);
    expect([readers(1), readers(2)]).toEqual([['postgres-2'], ['postgres-3']]);
  });

  test('is the replica that is left, at last the primary', async () => {
    const one = await setUp(PRIMARY, null, REPLICA);
    expect([one.readers(1), one.readers(2)]).toEqual([['postgres-3'], ['postgres-3']]);
    const none = await setUp(PRIMARY, null, STUCK);
    expect([none.readers(1), none.readers(2)]).toEqual([['postgres-1'], ['postgres-1']]);
  });

  test('may be a replica that receives nothing where there is no primary to receive from', async () => {
    const { readers, facts } = await setUp(null, STUCK, STUCK);
    facts.isFailingOver = true;
    expect(readers(1)).toEqual(['postgres-2']);
  });

  test('is not known while a supervisor that has just started has not heard all of them', async () => {
    const { assignments, facts } = await setUp(PRIMARY, REPLICA, null);
    facts.isSettled = false;
    expect(assignments.mayRead('postgres-2', 1)).toBe('unknown');
    facts.isSettled = true;
    expect(assignments.mayRead('postgres-2', 1)).toBe('yes');
  });
});

test('an unknown question is answered no', async () => {
  const { assignments } = await setUp(PRIMARY, REPLICA, REPLICA);
  for (const question of ['', 'write', 'admin postgres-1', 'read postgres-2', 'write 1 postgres-1']) {
    expect(assignments.answer(question), question).toBe('no');
  }
});
