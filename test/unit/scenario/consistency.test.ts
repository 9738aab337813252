import { describe, expect, it } from 'vitest';
import { scenarioSchema } from '../../../src/scenario/schema.ts';
import { EVERYTHING } from '../../support/sample-plan.ts';

/** What the schema says about a scenario of sound form, `path message` each. */
function problems(changes: Readonly<Record<string, unknown>>): string[] {
  const result = scenarioSchema.safeParse({
    name: 'sample',
    description: 'a sample',
    connections: { count: 10 },
    workloads: EVERYTHING,
    phases: [{ name: 'steady', duration: '10s' }],
    ...changes,
  });
  return result.error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];
}

function filters(...list: readonly object[]): Readonly<Record<string, unknown>> {
  const named = list.map((filter, index) => ({ name: `f${index}`, filter }));
  return { query: { rate: '1/s', filters: named } };
}

const CLOSED = { load: { model: 'closed' } };

describe('scenario consistency', () => {
  it('has nothing to say about a sound scenario', () => {
    expect(problems({})).toEqual([]);
  });

  it('gives no role more connections than the run has', () => {
    expect(problems({ connections: { count: 7 } })).toEqual([
      'workloads.subscribe.connections is 8, but the run has only 7',
    ]);
  });

  it('bounds the run as a whole', () => {
    const too =
      'phases make the run longer than 596h: opening the connections, warm-up, phases, timeouts and drain together';
    const phases = ['a', 'b'].map((name) => ({ name, duration: '300h', level: 0.001 }));
    expect(problems({ phases })).toEqual([too]);
    expect(problems({ connections: { count: 10, rate: '0.01/h' } })).toEqual([too]);
  });

  it('lets clients come back in the open model only', () => {
    const connections = { count: 10, reconnect: true };
    expect(problems({ connections })).toEqual([]);
    expect(problems({ ...CLOSED, connections, workloads: { publish: {} } })).toEqual([
      'connections.reconnect needs the open model',
    ]);
  });

  it('has no storm from which nobody comes back, and none in a phase that is not there', () => {
    const workloads = { ...EVERYTHING, storm: { cuts: [{ phase: 'rough' }] } };
    expect(problems({ workloads })).toEqual([
      'workloads.storm needs `connections.reconnect`: otherwise nobody comes back',
      'workloads.storm.cuts.0.phase "rough" is no phase of this scenario',
    ]);
  });

  it('demands a publisher for subscribers', () => {
    expect(problems({ workloads: { subscribe: {} } })).toEqual([
      'workloads.subscribe needs a publish workload whose events it can receive',
    ]);
  });

  it('demands a publish rate in the open model only', () => {
    const workloads = { publish: {} };
    expect(problems({ workloads })).toEqual(['workloads.publish.rate is required in the open model']);
    expect(problems({ ...CLOSED, workloads })).toEqual([]);
  });

  it('lets the closed model publish to subscribers and nothing else', () => {
    expect(problems({ ...CLOSED, workloads: { publish: {}, subscribe: {} } })).toEqual([]);
    expect(problems(CLOSED)).toEqual([
      'workloads.query needs the open model',
      'workloads.connect needs the open model',
    ]);
    expect(problems({ ...CLOSED, workloads: { query: EVERYTHING.query } })).toContain(
      'workloads need publish in the closed model',
    );
  });

  it('has no levels in the closed model', () => {
    const phases = [
      { name: 'plain', duration: '1s' },
      { name: 'high', duration: '1s', level: 2 },
    ];
    expect(problems({ ...CLOSED, workloads: { publish: {} }, phases })).toEqual([
      'phases.1 levels scale rates, which the closed model does not have',
    ]);
  });

  it('uses no name twice', () => {
    const phase = { name: 'same', duration: '1s' };
    const query = { rate: '1/s', filters: [0, 1].map(() => ({ name: 'twin', filter: {} })) };
    expect(problems({ phases: [phase, phase], workloads: { query } })).toEqual([
      'phases.1.name "same" is used twice',
      'workloads.query.filters.1.name "twin" is used twice',
    ]);
  });

  it('draws no more from the corpus than is in it', () => {
    const workloads = filters({ ids: 30, authors: 30, '#t': 20, '#e': 3, '#p': 3 });
    expect(problems({ workloads, corpus: { events: 30 } })).toEqual([]);
    expect(problems({ workloads, corpus: { events: 29, topics: 19 } })).toEqual([
      'workloads.query.filters.0.filter.ids draws 30 values, a corpus of this size has 29 (see corpus and publish.authors)',
      'workloads.query.filters.0.filter.authors draws 30 values, a corpus of this size has 29 (see corpus and publish.authors)',
      'workloads.query.filters.0.filter.#t draws 20 values, a corpus of this size has 19 (see corpus and publish.authors)',
    ]);
  });

  it('draws only what the corpus knows, and sends lists as they stand', () => {
    const workloads = filters({ '#x': 2 }, { '#x': ['a'], authors: ['b'], since: 5, until: 9, limit: 500 });
    expect(problems({ workloads })).toEqual([
      "workloads.query.filters.0.filter.#x can't be drawn from the corpus: write a list of values",
    ]);
  });

  it('measures something', () => {
    const idle = { name: 'idle', duration: '1s', level: 0 };
    expect(problems({ phases: [idle] })).toEqual(['phases are all at level 0: nothing would be measured']);
    expect(problems({ phases: [{ ...idle, rampTo: 1 }] })).toEqual([]);
  });

  it('keeps a schedule within what can be counted', () => {
    const phases = [{ name: 'steady', duration: '24h', level: 10_000 }];
    expect(problems({ workloads: { publish: { rate: '100/s' } }, phases })).toEqual([
      'workloads.publish.rate gives more than 1,000,000,000 arrivals over the phases',
    ]);
  });
});

describe('sorts of events', () => {
  const sorts = (events: readonly object[], changes: object = {}) =>
    problems({ workloads: { publish: { rate: '1/s', events } }, ...changes });

  it('have names of their own', () => {
    expect(sorts([{ name: 'note' }, { name: 'note' }])).toEqual([
      'workloads.publish.events.1.name "note" is used twice',
    ]);
  });

  it('leave connections to those that have none of their own', () => {
    expect(sorts([{ name: 'a', connections: 'all' }, { name: 'b' }])).toEqual([
      'workloads.publish.events take 10 connections of their own and need 1 for the others, but 10 publish',
    ]);
    expect(
      sorts([
        { name: 'a', connections: '40%' },
        { name: 'b', connections: '60%' },
      ]),
    ).toEqual([]);
  });

  it('belong to a run that signs its events, in the open model where they have connections of their own', () => {
    expect(sorts([{ name: 'a' }], { corpus: { profile: 'social', events: 100 } })).toEqual([
      'workloads.publish.events are signed for the run: a named corpus has its own',
    ]);
    const closed = {
      ...CLOSED,
      workloads: { publish: { events: [{ name: 'a', connections: '40%' }, { name: 'b' }] } },
    };
    expect(problems(closed)).toEqual([
      'workloads.publish.events have connections of their own in the open model only',
    ]);
  });

  it('can be watched only where all of them are kept and shown to everybody', () => {
    const workloads = {
      publish: { rate: '1/s', events: [{ name: 'a' }, { name: 'b', kind: 10_002 }] },
      visibility: {},
    };
    expect(problems({ workloads })).toEqual([
      'workloads.publish.kind must be one that relays keep and show to everybody, such as 1: its events are watched',
    ]);
  });
});

describe('survivors', () => {
  it('need events that replace each other and are signed for the run', () => {
    expect(problems({ workloads: { survivors: {} } })).toEqual([
      'workloads.survivors needs a publish workload whose events replace each other',
    ]);
    expect(problems({ workloads: { publish: { rate: '1/s' }, survivors: {} } })).toEqual([
      'workloads.publish.kind must be replaceable or addressable, such as 10002: its survivors are read back',
    ]);
    expect(problems({ workloads: { publish: { rate: '1/s', kind: 30_023 }, survivors: {} } })).toEqual([]);
  });
});

describe('searches', () => {
  it('are no questions for a count', () => {
    const count = { rate: '1/s', filters: [{ name: 'words', filter: { search: 1 } }] };
    expect(problems({ corpus: { events: 10 }, workloads: { count } })).toEqual([
      'workloads.count.filters.0.filter.search has no number that could be wrong (NIP-50): ask for it in a query',
    ]);
  });

  it('need contents to draw words from', () => {
    expect(problems({ workloads: filters({ search: 1 }) })).toEqual([
      'workloads.query.filters.0.filter.search draws 1 values, a corpus of this size has 0 (see corpus and publish.authors)',
    ]);
    expect(problems({ corpus: { events: 10 }, workloads: filters({ search: 1 }) })).toEqual([]);
  });
});
