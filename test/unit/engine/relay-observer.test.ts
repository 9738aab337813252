import { expect, it } from 'vitest';
import { RelayObserver } from '../../../src/engine/worker/relay-observer.ts';
import { FakeSink } from '../../support/fake-sink.ts';

function observe(connections: number) {
  const sink = new FakeSink();
  const observer = new RelayObserver({
    sink,
    start: { monotonicNs: 1e9 },
    now: () => 3.5e9,
    currentPhase: () => 0,
  });
  for (let number = 0; number < connections; number++) observer.connectionLost(number, 1006);
  return { sink, cases: observer.observations.evidence['connections_lost'] };
}

it('keeps when and how a connection was closed', () => {
  const { sink, cases } = observe(1);
  expect(sink.counts).toEqual({ 'connections_lost/0': 1, 'close_codes:1006/0': 1 });
  expect(cases).toEqual([
    {
      atMs: 2_500,
      connection: 0,
      subscription: '',
      filter: null,
      expected: [],
      got: [],
      note: 'closed with code 1006',
    },
  ]);
});

it('counts all lost connections and keeps the first twenty', () => {
  const { sink, cases } = observe(50);
  expect(sink.counts['connections_lost/0']).toBe(50);
  expect(cases?.map(({ connection }) => connection)).toEqual(Array.from({ length: 20 }, (_, at) => at));
});
