import { describe, expect, it } from 'vitest';
import { scenarioSchema } from '../../../src/scenario/schema.ts';

/** What the schema says of a scenario with these workloads, as `path: message`. */
function problemsOf(workloads: object, changes: object = {}): readonly string[] {
  const parsed = scenarioSchema.safeParse({
    name: 'sample',
    description: 'a sample',
    connections: { count: 10 },
    phases: [{ name: 'calm', duration: '10s' }],
    workloads,
    ...changes,
  });
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const PUBLISH = { rate: '10/s' };
const SOCIAL = { corpus: { profile: 'social', events: 100 } };

describe('churn', () => {
  it('needs phases that exist', () => {
    expect(problemsOf({ churn: { rate: '1/s', during: ['calm'] } })).toEqual([]);
    expect(problemsOf({ churn: { rate: '1/s', during: ['storm'] } })).toEqual([
      'workloads.churn.during.0: is none of the phases (calm)',
    ]);
  });

  it('draws what is asked from a corpus that has it', () => {
    const asking = { rate: '1/s', filters: [{ name: 'some', filter: { ids: 5 } }] };
    expect(problemsOf({ churn: asking })).toHaveLength(1);
    expect(problemsOf({ churn: asking }, { corpus: { events: 10 } })).toEqual([]);
    const shaped = { rate: '1/s', filters: [{ shape: 'conversation' }] };
    expect(problemsOf({ churn: shaped }, SOCIAL)).toEqual([]);
    expect(problemsOf({ churn: shaped })).not.toEqual([]);
  });
});

describe('slow-reader', () => {
  const slow = { connections: 2 };

  it('needs others to read beside it, and events of the run', () => {
    const together = { publish: PUBLISH, subscribe: {}, 'slow-reader': slow };
    expect(problemsOf(together)).toEqual([]);
    expect(problemsOf({ publish: PUBLISH, 'slow-reader': slow })).toEqual([
      'workloads.slow-reader: needs a subscribe workload: those beside whom they read slowly',
    ]);
    expect(problemsOf(together, SOCIAL)).toEqual([
      'workloads.slow-reader: needs events that are signed for the run, no named corpus',
    ]);
  });

  it('needs phases that exist', () => {
    const together = { publish: PUBLISH, subscribe: {}, 'slow-reader': { ...slow, during: ['storm'] } };
    expect(problemsOf(together)).toEqual(['workloads.slow-reader.during.0: is none of the phases (calm)']);
  });
});

describe('sessions', () => {
  const sessions = { rate: '1/s' };

  it('need a named corpus, from which what clients ask is drawn', () => {
    expect(problemsOf({ sessions }, SOCIAL)).toEqual([]);
    expect(problemsOf({ sessions })).toEqual([
      'workloads.sessions: needs a named corpus (`corpus.profile` or `corpus.file`): what clients ask is drawn from it',
    ]);
  });

  it('need connections that nobody else uses, because clients close them', () => {
    const beside = (publish: object, clients: object = {}, more: object = {}) =>
      problemsOf(
        { publish: { rate: '1/s', ...publish }, sessions: { ...sessions, ...clients }, ...more },
        { corpus: { ...SOCIAL.corpus, stored: 50 } },
      );
    expect(beside({ connections: 2 })).toEqual([]);
    expect(beside({ connections: 2 }, { connections: 8 })).toEqual([]);
    expect(beside({ connections: 3 }, { connections: 8 })).toEqual([
      'workloads.publish.connections: must be at most 2: the others are those of sessions, whose clients close them',
    ]);
    expect(beside({})).toEqual([
      'workloads.publish.connections: must be at most 9: the others are those of sessions, whose clients close them',
    ]);
    expect(beside({ connections: 2 }, {}, { subscribe: {} })).toEqual([
      'workloads.subscribe: uses the connections of sessions, whose clients close them',
    ]);
  });

  it('need ranges that ascend', () => {
    const turned = { ...sessions, query: { from: '9s', to: '2s' } };
    expect(problemsOf({ sessions: turned }, SOCIAL)).toEqual([
      'workloads.sessions.query: `from` must not be above `to`',
    ]);
  });
});
