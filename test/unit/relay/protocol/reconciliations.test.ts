import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, type RelayLimits } from '../../../../src/relay/limits/limits.ts';
import { RelayStats } from '../../../../src/relay/metrics/stats.ts';
import { Reconciliations } from '../../../../src/relay/protocol/reconciliations.ts';
import { MemoryStore } from '../../../../src/relay/store/memory-store.ts';
import { CANCELLED } from '../../../../src/relay/work/lane.ts';
import { Reads } from '../../../../src/relay/work/reads.ts';
import { eventually } from '../../../support/eventually.ts';
import { someLane } from '../../../support/relay-work.ts';
import { someStored } from '../../../support/stored-event.ts';

/** Asks for all ids by listing none. */
const EVERYTHING = Buffer.from('6100000200', 'hex');

async function setUp(events: number, limits: Partial<RelayLimits> = {}) {
  const store = new MemoryStore({ limitBytes: 1e9, nowSeconds: () => 1_000 });
  for (let i = 0; i < events; i++) await store.add(someStored());
  const stats = new RelayStats();
  const messages: unknown[][] = [];
  const connect = () =>
    new Reconciliations(
      { store, stats, limits: { ...DEFAULT_LIMITS, ...limits } },
      { lane: someLane(), reads: new Reads(4), send: (message) => messages.push([...message]) },
    );
  const taken = (): unknown[][] => messages.splice(0);
  return { store, stats, connect, taken };
}

const open = (subscriptionId: string, filter = {}) =>
  ({ type: 'NEG-OPEN', subscriptionId, filter, message: EVERYTHING }) as const;

describe('reconciliations', () => {
  it('are answered from the events of the moment they were opened', async () => {
    const { store, connect, taken } = await setUp(2);
    const reconciliations = connect();
    await reconciliations.open(open('n'));
    const [answer] = taken();
    expect(answer).toEqual(['NEG-MSG', 'n', expect.stringMatching(/^6100000202[0-9a-f]{128}$/)]);
    await store.add(someStored());
    reconciliations.answer('n', EVERYTHING);
    expect(taken()).toEqual([answer]);
  });

  it('hold no more events than allowed, and say how many that is', async () => {
    const { connect, stats, taken } = await setUp(3, { maxNegRecords: 2 });
    const reconciliations = connect();
    await reconciliations.open(open('n'));
    expect(taken()).toEqual([['NEG-ERR', 'n', 'blocked: too many events', 2]]);
    expect(stats.negentropyRecords).toBe(0);
  });

  it('hold no more events than allowed on one connection together', async () => {
    const { connect, stats, taken } = await setUp(3, { maxNegRecords: 5 });
    const reconciliations = connect();
    await reconciliations.open(open('a'));
    await reconciliations.open(open('b'));
    expect(taken().map(([type]) => type)).toEqual(['NEG-MSG', 'NEG-ERR']);
    expect(stats.negentropyRecords).toBe(3);
  });

  it('hold no more events than allowed on all connections together', async () => {
    const { connect, stats, taken } = await setUp(3, { maxNegRecords: 3 });
    for (let i = 0; i < 5; i++) await connect().open(open('n'));
    expect(taken().at(-1)).toEqual(['NEG-ERR', 'n', 'blocked: too many reconciliations, try again later']);
    expect(stats.negentropyRecords).toBe(12);
  });

  it('are bounded in number', async () => {
    const { connect, taken } = await setUp(0, { maxNegSessions: 1 });
    const reconciliations = connect();
    await reconciliations.open(open('a'));
    await reconciliations.open(open('a'));
    await reconciliations.open(open('b'));
    expect(taken()).toEqual([
      ['NEG-MSG', 'a', '6100000200'],
      ['NEG-MSG', 'a', '6100000200'],
      ['NEG-ERR', 'b', 'blocked: more than 1 open reconciliations'],
    ]);
  });

  it('end when they rest too long, and free what they hold', async () => {
    const { connect, stats, taken } = await setUp(2, { negIdleS: 0.05 });
    await connect().open(open('n'));
    taken();
    await eventually('a reconciliation that has rested too long', () => stats.negentropyRecords === 0);
    expect(taken()).toEqual([['NEG-ERR', 'n', 'closed: no message for too long']]);
  });

  it('free what they hold when the client has gone', async () => {
    const { connect, stats, taken } = await setUp(2);
    const reconciliations = connect();
    await reconciliations.open(open('a'));
    await reconciliations.open(open('b'));
    taken();
    reconciliations.closeAll();
    expect([stats.negentropyRecords, taken()]).toEqual([0, []]);
  });

  it('are not answered when they were closed while the store was read', async () => {
    const { connect, stats, taken } = await setUp(2);
    const reconciliations = connect();
    const opening = reconciliations.open(open('n'));
    reconciliations.close('n');
    // Read before it was closed, or given up: it is not told either way.
    await opening.catch((error: unknown) => expect(error).toBe(CANCELLED));
    expect([stats.negentropyRecords, taken()]).toEqual([0, []]);
  });

  it.each([
    ['a message for none that is open', async (r: Reconciliations) => r.answer('x', EVERYTHING), /^closed: /],
    ['a search', (r: Reconciliations) => r.open(open('x', { search: 'fox' })), /^invalid: /],
    [
      'a message that is not of the protocol',
      (r: Reconciliations) => r.open({ ...open('x'), message: Buffer.from('610021', 'hex') }),
      /^invalid: /,
    ],
  ])('refuse %s', async (_name, act, message) => {
    const { connect, stats, taken } = await setUp(2);
    await act(connect());
    expect(taken()).toEqual([['NEG-ERR', 'x', expect.stringMatching(message)]]);
    expect(stats.negentropyRecords).toBe(0);
  });
});
